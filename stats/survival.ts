/** Things that waited: how long, how many, and whether what they waited for has come. */
export interface Waited {
  /** >= 0, in any unit. */
  time: number;
  n: number;
  /** false: still waiting when last looked at (censored on the right). */
  came: boolean;
}

/** A step of the curve: from `time` on, this share still waits. */
export interface Step {
  time: number;
  waiting: number;
}

/**
 * The share that still waits after a time, with those that are not there yet counted as long as
 * they were watched: Kaplan and Meier (1958), S(t) = Π (1 - d / n). Of one time what came counts
 * before what was last seen. Steps at the times when something came, ascending.
 */
export function waitingCurve(waited: readonly Waited[]): Step[] {
  const times = new Map<number, { came: number; all: number }>();
  let left = 0;
  for (const { time, n, came } of waited) {
    const at = times.get(time) ?? { came: 0, all: 0 };
    times.set(time, { came: at.came + (came ? n : 0), all: at.all + n });
    left += n;
  }
  const steps: Step[] = [];
  let waiting = 1;
  for (const [time, { came, all }] of [...times].sort(([a], [b]) => a - b)) {
    if (came > 0) {
      waiting *= 1 - came / left;
      steps.push({ time, waiting });
    }
    left -= all;
  }
  return steps;
}

/** The first time at which no more than 1 - `share` still wait; null: that was not seen yet. */
export function timeUntil(steps: readonly Step[], share: number): number | null {
  // rounding of the product must not move a share that is met exactly
  return steps.find(({ waiting }) => waiting <= 1 - share + 1e-12)?.time ?? null;
}
