/** Rows at one value: how many there are, and how many of them are hits. */
export interface HitsAt {
  value: number;
  hits: number;
  n: number;
}

/** A non-decreasing curve: straight between its points, flat beyond its ends. */
export interface Curve {
  /** Ascending. */
  values: Float64Array;
  /** Share of hits at each, 0 to 1. */
  shares: Float64Array;
}

/**
 * The non-decreasing shares that are closest to those seen, by least squares over rows: neighbours
 * in the wrong order are pooled. Values ascending, each once, n > 0. Barlow et al. (1972).
 */
export function isotonic(points: readonly HitsAt[]): Curve {
  const blocks: { hits: number; n: number; points: number }[] = [];
  for (const { hits, n } of points) {
    let block = { hits, n, points: 1 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.hits * block.n < block.hits * last.n) break;
      blocks.pop();
      block = {
        hits: last.hits + block.hits,
        n: last.n + block.n,
        points: last.points + block.points,
      };
    }
    blocks.push(block);
  }
  const shares = blocks.flatMap(({ hits, n, points: many }) => Array<number>(many).fill(hits / n));
  return {
    values: Float64Array.from(points, ({ value }) => value),
    shares: Float64Array.from(shares),
  };
}

/** The share at a value; NaN of a curve without points. */
export function shareAt({ values, shares }: Curve, value: number): number {
  const last = values.length - 1;
  if (last < 0) return NaN;
  let [from, to] = [0, last];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((values[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  const [above = 0, high = 0] = [values[from], shares[from]];
  if (from === 0 || above <= value) return high;
  const [below = 0, low = 0] = [values[from - 1], shares[from - 1]];
  return low + ((value - below) / (above - below)) * (high - low);
}
