import type { LabelSource } from './monitor.js';

/** Labels beside those of the target: quick ones, or those of people who saw what was decided. */
export type StandIn = LabelSource & { role: 'early_proxy' | 'review' };
