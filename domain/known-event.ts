import type { Instant } from './window.js';

/** What people know about a time in advance. */
export interface KnownEvent {
  name: string;
  /** [start, end) of the first occurrence. */
  start: Instant;
  end: Instant;
  /**
   * `expected`: drift and volume are no news; `exclude`: nor are such windows compared with later;
   * `fix` and `launch`: what was before `start` is no measure of what comes after.
   */
  effect: 'expected' | 'exclude' | 'fix' | 'launch';
  repeats: 'yearly' | null;
}
