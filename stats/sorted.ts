/** Values in a bucket from which sorting it by exchanges would take too long. */
const MOST = 32;
/** Values per bucket on average: fewer cost more to count than they save. */
const EACH = 4;

/**
 * The finite values, ascending; NaN and the infinities are left out. In about linear time where no
 * stretch of the values is far denser than the others. `values` stays as it is.
 */
export function sortedFinite(values: Float64Array): Float64Array {
  let n = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    if (!Number.isFinite(value)) continue;
    n++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const all = n === values.length ? values : values.filter(Number.isFinite);
  const buckets = Math.ceil(n / EACH);
  // The last value of all falls into the last bucket, not behind it.
  const scale = (buckets / (high - low)) * (1 - 1e-12);
  if (buckets < 2 || !Number.isFinite(scale)) return all.slice().sort();
  return scattered(all, { low, scale, buckets });
}

function scattered(
  values: Float64Array,
  { low, scale, buckets }: { low: number; scale: number; buckets: number },
): Float64Array {
  const ends = new Uint32Array(buckets + 1);
  for (let row = 0; row < values.length; row++) {
    const bucket = (((values[row] ?? 0) - low) * scale) >>> 0;
    ends[bucket + 1] = (ends[bucket + 1] ?? 0) + 1;
  }
  for (let bucket = 1; bucket <= buckets; bucket++) {
    ends[bucket] = (ends[bucket] ?? 0) + (ends[bucket - 1] ?? 0);
  }
  const sorted = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    const bucket = ((value - low) * scale) >>> 0;
    const place = ends[bucket] ?? 0;
    sorted[place] = value;
    ends[bucket] = place + 1;
  }
  for (let bucket = 0, from = 0; bucket < buckets; bucket++) {
    const to = ends[bucket] ?? 0;
    if (to - from > MOST) sorted.subarray(from, to).sort();
    else exchange(sorted, from, to);
    from = to;
  }
  return sorted;
}

function exchange(values: Float64Array, from: number, to: number): void {
  for (let row = from + 1; row < to; row++) {
    const value = values[row] ?? 0;
    let place = row;
    for (; place > from && (values[place - 1] ?? 0) > value; place--) {
      values[place] = values[place - 1] ?? 0;
    }
    values[place] = value;
  }
}

/**
 * Of two columns of values, ascending, one for each row: the Kolmogorov-Smirnov statistic
 * max |F - G|, 0 to 1, and Wasserstein's first distance ∫ |F - G| in the unit of the values. NaN
 * when a side is empty.
 */
export function distancesOf(a: Float64Array, b: Float64Array): { ks: number; wasserstein: number } {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return { ks: NaN, wasserstein: NaN };
  let i = 0;
  let j = 0;
  let ks = 0;
  let wasserstein = 0;
  let before = Math.min(a[0] ?? NaN, b[0] ?? NaN);
  while (i < n || j < m) {
    const left = i < n ? (a[i] ?? 0) : Infinity;
    const right = j < m ? (b[j] ?? 0) : Infinity;
    const value = left < right ? left : right;
    const gap = Math.abs(i / n - j / m);
    if (gap > ks) ks = gap;
    wasserstein += gap * (value - before);
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    before = value;
  }
  return { ks, wasserstein };
}

/** Share of the rows on the most frequent value where that is at least a half, else 0. */
export function halfOnOne(sorted: Float64Array): number {
  const n = sorted.length;
  if (n === 0) return 0;
  // A value with half of the rows holds the one in the middle, or the one before.
  const runs = [n >> 1, (n - 1) >> 1].map((middle) => {
    let [from, to] = [middle, middle];
    while (from > 0 && sorted[from - 1] === sorted[middle]) from--;
    while (to < n - 1 && sorted[to + 1] === sorted[middle]) to++;
    return (to - from + 1) / n;
  });
  const most = Math.max(...runs);
  return most >= 0.5 ? most : 0;
}
