/** What was seen of some units at one time: those of which it happened, those seen no longer. */
export interface Group {
  time: number;
  /** Both >= 0. */
  events: number;
  censored: number;
}

/** The curve right after one time. */
export interface Step {
  time: number;
  /** Share of which it had not happened yet, before and after the events of this time, 0 to 1. */
  before: number;
  survival: number;
  /**
   * Units that were seen up to here or would have been, had it not happened before: those at risk
   * over `before`. All of them while nothing is censored.
   */
  followed: number;
}

/**
 * Kaplan and Meier's estimate (1958) from grouped counts: S(t) = prod(1 - d / n) over the times up
 * to t, d events among n units at risk. Of one time the events come before what is censored, which
 * is at risk up to that time, therefore. Groups in any order, each time once; those without units
 * are left out.
 */
export function kaplanMeier(groups: readonly Group[]): Step[] {
  const sorted = groups
    .filter(({ events, censored }) => events + censored > 0)
    .sort((a, b) => a.time - b.time);
  let atRisk = sorted.reduce((sum, { events, censored }) => sum + events + censored, 0);
  let survival = 1;
  return sorted.map(({ time, events, censored }) => {
    const before = survival;
    const followed = atRisk / before;
    survival = events === atRisk ? 0 : before * (1 - events / atRisk);
    atRisk -= events + censored;
    return { time, before, survival, followed };
  });
}

/**
 * A curve, and on from its end that of other units, those that were still waited for there:
 * S(t) = S(end) S'(t) / S'(end). Their groups up to the end of the curve tell nothing.
 */
export function continuedBy(curve: readonly Step[], groups: readonly Group[]): Step[] {
  const end = curve.at(-1) ?? { time: -Infinity, survival: 1 };
  if (end.survival === 0) return [...curve];
  const more = kaplanMeier(groups.filter(({ time }) => time > end.time));
  return [
    ...curve,
    ...more.map(({ time, before, survival, followed }) => ({
      time,
      before: end.survival * before,
      survival: end.survival * survival,
      followed: followed / end.survival,
    })),
  ];
}

/** The share of which it has happened at the end of a curve, 0 to 1; 0 of no curve. */
export const happened = (curve: readonly Step[]): number => 1 - (curve.at(-1)?.survival ?? 1);

/** Products of shares are as exact as that. */
const ROUNDING = 1e-12;

/**
 * When it had happened of a share of those of which it happens on the curve at all, and how far
 * into that time's events that is, above 0 to 1; null: it happens of none.
 */
export function quantileOf(
  curve: readonly Step[],
  share: number,
): { time: number; into: number } | null {
  const wanted = 1 - share * happened(curve);
  const step = curve.find(
    ({ before, survival }) => survival < before && survival <= wanted + ROUNDING,
  );
  if (step === undefined) return null;
  const { time, before, survival } = step;
  return { time, into: Math.min(1, Math.max(0, (before - wanted) / (before - survival))) };
}
