import type { Duration } from './window.js';

/** Alert rules, frozen into an entity when it begins. */
export interface AlertPolicy {
  /** Windows that a firing member must be ok before it resolves. */
  keepFiringFor: number;
  repeat: { critical: Repeat; warning: Repeat };
  /** Escalation when no team policy says otherwise; after = since the episode fired. */
  escalation: { critical: readonly Duration[]; warning: readonly Duration[] };
  /** Times the whole chain runs. */
  chains: number;
  ackExpires: { critical: Duration; warning: Duration };
  snoozeMax: { critical: Duration; warning: Duration };
  reopenWithin: Duration;
}

export interface Repeat {
  every: Duration;
  most: number;
}
