import type { Category } from './finding.js';

/** Team or person names of teams.yaml, `team:x` or a bare person. */
export interface Owners {
  data: string;
  model: string;
  system: string;
  approvers: string;
}

/** Which owner of a model answers for a category. */
export function ownerOf(owners: Owners, category: Category): string {
  switch (category) {
    case 'data-quality':
      return owners.data;
    case 'system':
    case 'check-health':
    case 'notify-health':
      return owners.system;
    case 'drift':
    case 'performance':
    case 'staleness':
    case 'feedback-loop':
    case 'kpi':
      return owners.model;
  }
}
