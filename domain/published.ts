import type { AlertRules } from './alert.js';
import type { Category } from './finding.js';
import type { Monitor } from './monitor.js';
import type { RetrainRules } from './request.js';

/** What `apply` publishes of one model, content-addressed: workers read this and never YAML. */
export interface Published {
  monitor: Monitor;
  alerts: Readonly<Record<Category, AlertRules>>;
  /** null: the monitor has no retraining section. */
  retraining: RetrainRules | null;
}
