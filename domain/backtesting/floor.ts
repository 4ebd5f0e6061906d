/** Floors of the effect that calibration tries, smallest first. */
export const FLOORS = [0.02, 0.05, 0.1, 0.2] as const;
/** Below so many windows the half that is looked at says little. */
export const FEW_WINDOWS = 28;
/** With fewer windows a finding says "short history". */
export const SHORT_HISTORY = 30;

/** What calibration chose. */
export interface Floor {
  floor: number;
  /** Episodes in the second half at this floor; more than 0 only where no floor had none. */
  episodes: number;
}

/** The smallest floor without an episode; the largest where every one has some. */
export function chooseFloor(tried: readonly Floor[]): Floor {
  const sorted = [...tried].sort((a, b) => a.floor - b.floor);
  const chosen = sorted.find(({ episodes }) => episodes === 0) ?? sorted.at(-1);
  if (chosen === undefined) throw new TypeError('chooseFloor takes one floor or more; got none');
  return chosen;
}
