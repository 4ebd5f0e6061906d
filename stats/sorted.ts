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
