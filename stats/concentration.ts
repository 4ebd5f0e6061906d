/** Things that occur equally often: `items` of them, each in `count` rows; not always whole. */
export interface Occurring {
  count: number;
  items: number;
}

/** How often things occur, ascending, each count once and above 0. */
export type Spectrum = readonly Occurring[];

/** A spectrum of counts in any order; those of 0 say nothing. */
export function spectrumOf(all: Iterable<Occurring>): Spectrum {
  const items = new Map<number, number>();
  for (const { count, items: some } of all) {
    if (count > 0 && some > 0) items.set(count, (items.get(count) ?? 0) + some);
  }
  return [...items]
    .map(([count, some]) => ({ count, items: some }))
    .sort((a, b) => a.count - b.count);
}

/** Rows of a spectrum. */
export function rowsIn(all: Spectrum): number {
  return all.reduce((sum, { count, items }) => sum + count * items, 0);
}

/** Things of a spectrum that occur `least` times or more. */
export function itemsIn(all: Spectrum, least = 1): number {
  return all.reduce((sum, { count, items }) => sum + (count >= least ? items : 0), 0);
}

/** Less than this part of the likeliest count is left out of a sum. */
const NOTHING = 1e-14;

/**
 * The spectrum that so many rows of it have on average, drawn without replacement: things with k of
 * them, each by its hypergeometric chance (rarefaction: Hurlbert, 1971). Itself where it has no
 * more rows than that.
 */
export function rarefied(all: Spectrum, rows: number): Spectrum {
  const total = rowsIn(all);
  if (rows >= total) return all;
  const drawn = new Map<number, number>();
  for (const { count, items } of all) {
    for (const { k, chance } of hypergeometric(count, total, rows)) {
      drawn.set(k, (drawn.get(k) ?? 0) + items * chance);
    }
  }
  return spectrumOf([...drawn].map(([count, items]) => ({ count, items })));
}

/** The chances of k among `drawn` rows of `total`, of which `count` are wanted; outwards. */
function hypergeometric(count: number, total: number, drawn: number) {
  const others = total - count;
  const [least, most] = [Math.max(0, drawn - others), Math.min(count, drawn)];
  const mode = Math.floor(((count + 1) * (drawn + 1)) / (total + 2));
  const middle = Math.min(most, Math.max(least, mode));
  const upwards = (k: number) => ((count - k) * (drawn - k)) / ((k + 1) * (others - drawn + k + 1));
  const found = [{ k: middle, chance: 1 }];
  let chance = 1;
  for (let k = middle; k < most && chance > NOTHING; k++) {
    chance *= upwards(k);
    found.push({ k: k + 1, chance });
  }
  chance = 1;
  for (let k = middle; k > least && chance > NOTHING; k--) {
    chance /= upwards(k - 1);
    found.push({ k: k - 1, chance });
  }
  // they are all chances that there are
  const sum = found.reduce((before, one) => before + one.chance, 0);
  return found.map((one) => ({ k: one.k, chance: one.chance / sum }));
}

/** Shannon's entropy of which thing a row is of, in nats, with its sampling variance. */
export interface Entropy {
  value: number;
  /** By the delta method, of independent rows: (Σ p ln² p − H²) / n. */
  variance: number;
}

/** Entropy of a spectrum as it is, uncorrected; 0 without rows. */
export function entropyOf(all: Spectrum): Entropy {
  const n = rowsIn(all);
  if (n === 0) return { value: 0, variance: 0 };
  let [value, squares] = [0, 0];
  for (const { count, items } of all) {
    const p = count / n;
    value -= items * p * Math.log(p);
    squares += items * p * Math.log(p) ** 2;
  }
  return { value: Math.max(0, value), variance: Math.max(0, squares - value * value) / n };
}

/** Gini's index of the rows of the things that occur: 0 all alike, to below 1; 0 without any. */
export function giniOf(all: Spectrum): number {
  const [rows, things] = [rowsIn(all), itemsIn(all)];
  if (rows === 0) return 0;
  // the area below Lorenz's curve, of which things with one count are a straight piece
  let [below, sum] = [0, 0];
  for (const { count, items } of all) {
    const more = count * items;
    below += (items / things) * ((sum + more / 2) / rows);
    sum += more;
  }
  return Math.max(0, 1 - 2 * below);
}

/** Herfindahl's index, Σ p² over shares p of counts: 1 / n of n alike, 1 of one; NaN of none. */
export function herfindahlOf(counts: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (const one of Array.from(counts)) {
    sum += one;
    squares += one * one;
  }
  return squares / sum ** 2;
}

/** Share of the rows that the `most` things have that occur most often. */
export function topShareOf(all: Spectrum, most: number): number {
  let [left, rows] = [most, 0];
  for (const { count, items } of [...all].reverse()) {
    const some = Math.min(left, items);
    rows += some * count;
    left -= some;
  }
  const total = rowsIn(all);
  return total === 0 ? 0 : rows / total;
}
