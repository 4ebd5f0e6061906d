import { poolProfiles } from '../adding.js';
import type { Grid, Profile } from '../profile.js';
import type { Evidence } from '../score.js';
import { pastParts, type Parts } from './parts.js';

/**
 * The second half of the usual windows, each with the first half as its reference and as what is
 * usual: what calibration runs the detector over. Oldest first; [] with fewer than two windows.
 */
export function calibrationEvidence(grid: Grid, periods: readonly Profile[]): Evidence[] {
  const half = Math.floor(periods.length / 2);
  const usual = periods.slice(0, half);
  const reference = poolProfiles(usual);
  if (reference === null) return [];
  return periods.slice(half).map((current, place) => {
    const at = current.window.end;
    const earlier = periods.slice(0, half + place).slice(-90);
    return {
      ...{ at, knownAt: at, grid, current, reference, references: {} },
      ...{ periods: usual, usual: 'reference', earlier },
      facts: { version: null, trainedUntil: null, matureAfter: 0 },
    };
  });
}

/** Of that evidence the parts of the rows: each part is pooled over the same windows. */
export function calibrationParts(evidence: readonly Evidence[], parts: Parts): Evidence[][] {
  const [first] = evidence;
  if (first?.reference == null) return [];
  const lists = new Map<string, Profile[]>();
  for (const whole of first.periods) {
    for (const [key, one] of parts.get(whole) ?? []) {
      lists.set(key, [...(lists.get(key) ?? []), one]);
    }
  }
  const pooled = [...lists].flatMap(([key, list]) => {
    const one = poolProfiles(list);
    return one === null ? [] : [[key, one] as const];
  });
  return pastParts(evidence, new Map([...parts, [first.reference, new Map(pooled)]]));
}
