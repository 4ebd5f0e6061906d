/** A number for people: four significant digits, no exponent between 1e-4 and 1e15. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  if (Math.abs(value) >= 1000 && Math.abs(value) < 1e15) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

/** `0.01879 … 37.56`: two numbers with the digits that tell them apart, four at least. */
export function spanInWords(low: number, high: number): string {
  for (let digits = 4; digits < 17; digits++) {
    const [from, to] = [low, high].map((end) => Number(end.toPrecision(digits)));
    const isApart = Math.abs((to ?? 0) - (from ?? 0) - (high - low)) <= 0.01 * (high - low);
    if (isApart) return `${wholeOr(low, from ?? low)} … ${wholeOr(high, to ?? high)}`;
  }
  return `${low} … ${high}`;
}

/** Whole numbers keep all their digits. */
function wholeOr(value: number, rounded: number): string {
  return String(Number.isInteger(value) ? value : rounded);
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
