import type { Task } from '../model.js';
import type { Monitor } from '../monitor.js';
import * as reads from './evidence.js';
import type { EvidenceKind, Reads } from './evidence.js';

/** The ring: what is decided makes labels, they are trained on, and the next model decides. */
export type LoopNode = 'decision' | 'label' | 'training' | 'model';

/** What a monitor says for a check to be asked. */
export type Role = 'action' | 'arm' | 'label_source' | 'group' | 'item' | 'labels';

/** A check that speaks of a link. */
export interface Way {
  check: string;
  /** The check's own; never more is claimed. */
  kind: EvidenceKind;
  /** What the number is, in words. */
  of: string;
  /** Any of these has to be declared; the first is what to begin with. */
  roles: readonly [Role, ...Role[]];
  /** The check's own; absent: all. */
  tasks?: readonly Task[];
  /** A check whose answer counts in its place, where it is as new and sees nothing. */
  standsBackFor?: string;
  reads: Reads;
}

const BINARY = ['binary'] as const;

const ofAction = { roles: ['action'], tasks: BINARY, reads: reads.asJudged } as const;

/** Decisions that make labels, or keep them away. */
const toLabels: readonly Way[] = [
  {
    ...{ check: 'suppression', kind: 'causal', ...ofAction },
    of: 'share of all positives that acting takes out of the labels',
  },
  {
    ...{ check: 'censored_positives', kind: 'causal', ...ofAction },
    of: 'share of all positives that the labels do not show',
  },
  {
    ...{ check: 'self_confirmation', kind: 'causal', roles: ['label_source'], tasks: BINARY },
    of: 'share of disagreements that are gone where people see the answer',
    reads: reads.asDrawn,
  },
  {
    ...{ check: 'arm_contrast', kind: 'causal', roles: ['arm'], reads: reads.ofLabels },
    of: 'PSI between labels with the model and without it',
  },
  {
    ...{ check: 'label_coverage', kind: 'structural', reads: reads.asJudged },
    ...{ roles: ['labels'], tasks: ['binary', 'regression'] },
    of: 'labelled share of the part with fewest labels / that of all rows',
  },
  {
    ...{ check: 'calibration_break', kind: 'associational', ...ofAction },
    of: 'observed / expected where the model acts over elsewhere, / the same by trusted labels',
    standsBackFor: 'suppression',
  },
  {
    ...{ check: 'allocation_gain', kind: 'associational', roles: ['group'] },
    ...{ tasks: ['binary', 'ranking'], reads: reads.labelsFollow },
    of: 'relative change of positive labels that goes with one of decisions',
  },
  {
    ...{ check: 'exposure_concentration', kind: 'associational', roles: ['item'] },
    of: 'effective items / those of the reference',
    reads: reads.reinforced,
  },
];

/** Labels, and rows, that the model had a hand in, among those that would be trained on. */
const toTraining: readonly Way[] = [
  {
    ...{ check: 'self_labelled', kind: 'structural', reads: reads.asJudged },
    ...{ roles: ['label_source', 'action'], tasks: BINARY },
    of: 'largest share of labels that come from the model / what it may be',
  },
  {
    ...{ check: 'arm_contrast', kind: 'causal', roles: ['arm'], reads: reads.ofRows },
    of: 'PSI between rows with the model and without it',
  },
];

/** Decisions that follow what labels said. */
const toDecisions: readonly Way[] = [
  {
    ...{ check: 'allocation_gain', kind: 'associational', roles: ['group'] },
    ...{ tasks: ['binary', 'ranking'], reads: reads.decisionsFollow },
    of: 'relative change of decisions a window later that goes with one of positive labels',
  },
  {
    ...{ check: 'exposure_concentration', kind: 'associational', roles: ['item'] },
    of: 'effective items / those of the reference',
    reads: reads.reinforced,
  },
];

/**
 * The links in the order of the ring, each with the checks that speak of it. Of one kind of
 * evidence the first counts, and what to declare is told of the first. Of what a model was trained
 * on no check speaks, but its registration. `positive_rate` is none of them: a rate that falls
 * names neither the model nor the world.
 */
export const links: readonly { from: LoopNode; to: LoopNode; ways: readonly Way[] }[] = [
  { from: 'decision', to: 'label', ways: toLabels },
  { from: 'label', to: 'training', ways: toTraining },
  { from: 'training', to: 'model', ways: [] },
  { from: 'model', to: 'decision', ways: toDecisions },
];

/** What a monitor has to say of the loop. */
export type Asked = Pick<Monitor, 'columns' | 'labels' | 'checks' | 'retraining'> & {
  model: Pick<Monitor['model'], 'task'>;
};

/** True where the monitor says so. */
export function isDeclared({ columns, labels }: Asked, role: Role): boolean {
  if (role === 'label_source') return labels?.labelSource !== undefined;
  return role === 'labels' ? labels !== null : columns[role] !== undefined;
}

/** True where a monitor says anything of a loop, or asks a check that speaks of one. */
export function hasLoop(monitor: Asked): boolean {
  const roles: readonly Role[] = ['action', 'arm', 'label_source', 'group', 'item'];
  const names = new Set(links.flatMap(({ ways }) => ways.map(({ check }) => check)));
  return (
    roles.some((role) => isDeclared(monitor, role)) ||
    monitor.retraining?.loop !== undefined ||
    monitor.checks.some(({ check }) => names.has(check))
  );
}
