/** A number for people: four significant digits, no exponent between 1e-4 and 1e15. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  if (Math.abs(value) >= 1000 && Math.abs(value) < 1e15) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

/**
 * `0.01879 … 37.56`: two numbers with the digits that tell them apart, four at least; whole numbers
 * keep all of theirs.
 */
export function spanInWords(low: number, high: number): string {
  const near = 0.01 * (high > low ? high - low : Math.abs(low));
  const told = (end: number): string => {
    if (Number.isInteger(end)) return String(end);
    let digits = 4;
    while (digits < 17 && Math.abs(Number(end.toPrecision(digits)) - end) > near) digits++;
    return String(Number(end.toPrecision(digits)));
  };
  return `${told(low)} … ${told(high)}`;
}

/** `surely within 0.71 and 0.79`, `exact` where nothing is between them, or nothing to be seen. */
export function boundsInWords(low: number, high: number): string {
  const [from, to] = [figure(low), figure(high)];
  if (low === high) return 'exact';
  return from === to ? 'exact in the digits shown' : `surely within ${from} and ${to}`;
}

/** A share of 0 to 1 as `6.6 %`; `0.04 %` below a tenth of a percent, `18 %` when it is whole. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 2 : 1;
  return `${String(Number(value.toFixed(digits)))} %`;
}

/** Checks whose values are lengths of time, in ms. */
export const LENGTHS = new Set(['freshness', 'model_age', 'reference_age', 'label_delay']);
/** Checks whose values are shares, from 0 to 1. */
export const SHARES = new Set([
  ...['unseen_categories', 'out_of_range', 'duplicates', 'volume'],
  ...['label_volume', 'concept_gap', 'decay_trend', 'time_to_threshold'],
  ...['label_coverage', 'suppression', 'censored_positives', 'self_confirmation'],
  ...['score_spread'],
]);
/** Checks whose values are what a share is above the reference's: percentage points. */
export const INCREASES = new Set(['missing', 'rejected_rows']);
const COMPARED_SHARES = new Set([
  ...['accuracy', 'missing', 'rejected_rows', 'unseen_categories', 'out_of_range', 'duplicates'],
]);

/**
 * By how much a value is worse than the reference's, in the value's own unit: `0.05`, of a share
 * `5 pp`, for `5 %` would be taken for a part of the reference's.
 */
export function lossInWords(check: string, loss: number): string {
  return COMPARED_SHARES.has(check) ? `${figure(loss * 100)} pp` : figure(loss);
}

/**
 * `p 0.04`, `p < 1e-6`. With `history` under 30 earlier windows nothing smaller than 1e-4 is said:
 * so few windows cannot vouch for more.
 */
export function pInWords(p: number, history: number): string {
  const least = history < 30 ? 1e-4 : 1e-6;
  if (p < least) return `p < ${least === 1e-4 ? '1e-4' : '1e-6'}`;
  return `p ${String(Number(p.toPrecision(2)))}`;
}

/** A length of time in ms as `2 h 10 min`, `3 d 4 h`, `12 s`: its two largest units. */
export function lengthInWords(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
  }
  return parts.length === 0 ? '0 s' : sign + parts.join(' ');
}

/** A value of a check, or a limit of it, in the check's unit: `8 h`, `2 %`, `0.3 pp`, `0.25`. */
export function valueInWords(check: string, value: number): string {
  if (LENGTHS.has(check)) return lengthInWords(value);
  if (INCREASES.has(check)) return percent(value).replace('%', 'pp');
  return SHARES.has(check) ? percent(value) : figure(value);
}
