import type { Profile } from './profile.js';
import type { Slice } from './slice.js';
import type { Instant } from './window.js';

/** Why a level changed, in the words of the person who accepted it. */
export const effects = ['fix', 'launch', 'season'] as const;
export type Effect = (typeof effects)[number];

/** What was accepted, without the counts: all that an advice needs. */
export interface AcceptedMark {
  /** The finding's id. */
  finding: string;
  check: string;
  target: string;
  slice: Slice;
  /** Absent: in an older document. */
  effect?: Effect;
  /** Windows that begin in [from, until) are measured by it. */
  from: Instant;
  until: Instant;
}

/** A level that a person accepted: what a target is measured by, in place of its reference. */
export interface AcceptedLevel extends AcceptedMark {
  version: 1;
  model: string;
  effect: Effect;
  by: string;
  reason: string;
  at: Instant;
  /** The accepted window, with the target's counts alone: its rows, and those of its slices. */
  levels: readonly Profile[];
}
