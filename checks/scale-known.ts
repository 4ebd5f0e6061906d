const KNOWN: readonly (readonly [number, string | null])[] = [
  [10, null],
  [100, null],
  [1000, null],
  [2.54, 'inches and centimetres'],
  [1.609344, 'miles and kilometres'],
  [2.20462262, 'pounds and kilograms'],
];
/** As a share of |ln factor|, a factor this near to a known one is that one. */
const NEAR = 0.05;
/** Factors between well-known units, to both sides. */
export const KNOWN_FACTORS: readonly number[] = KNOWN.flatMap(([value]) => [value, 1 / value]);

export interface Found {
  /** A known one where the estimate is about that. */
  factor: number;
  /** Units that it is between, as `miles and kilometres`; null: none, or a power of ten. */
  unit: string | null;
  /** It is about a factor between well-known units, which `factor` then is. */
  isKnown: boolean;
  estimate: number;
  /** The logarithm of the estimate is off by less. */
  off: number;
}

/** The known factor that an estimate is about, else the estimate. */
export function nearest(estimate: number, off: number): Found {
  for (const [value, unit] of KNOWN) {
    for (const factor of [value, 1 / value]) {
      const away = Math.abs(Math.log(estimate / factor));
      if (away <= NEAR * Math.log(value)) return { factor, unit, isKnown: true, estimate, off };
    }
  }
  return { factor: estimate, unit: null, isKnown: false, estimate, off };
}

/** The well-known factor only where the estimate may be that, and else the estimate. */
export function toldOf({ factor, unit, estimate, off }: Found): Pick<Found, 'factor' | 'unit'> {
  const isTheirs = Math.abs(Math.log(estimate / factor)) <= off;
  return isTheirs ? { factor, unit } : { factor: estimate, unit: null };
}

export const isPowerOfTen = ({ isKnown, unit }: Found): boolean => isKnown && unit === null;
