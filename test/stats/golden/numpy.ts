/** Bin edges and random numbers as numpy makes them: the binning of other tools' figures. */

export function minMax(values: Iterable<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** numpy.linspace(low, high, bins + 1). */
export function equalEdges(low: number, high: number, bins: number): number[] {
  const step = (high - low) / bins;
  return Array.from({ length: bins + 1 }, (_, k) => (k === bins ? high : low + k * step));
}

/** numpy.histogram: bins [from, to), the last one with its end. */
export function histogram(values: Iterable<number>, edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const rows = new Array<number>(bins).fill(0);
  const last = edges[bins] ?? NaN;
  for (const value of values) {
    if (!(value >= (edges[0] ?? NaN) && value <= last)) continue;
    let [low, high] = [0, bins - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((edges[middle] ?? NaN) <= value) low = middle;
      else high = middle - 1;
    }
    rows[low] = (rows[low] ?? 0) + 1;
  }
  return rows;
}

/** numpy.histogram_bin_edges(values, 'doane'). */
export function doaneEdges(values: readonly number[]): number[] {
  const n = values.length;
  const [low, high] = minMax(values);
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
  const skew = values.reduce((sum, x) => sum + ((x - mean) / sd) ** 3, 0) / n;
  const spread = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const width = (high - low) / (1 + Math.log2(n) + Math.log2(1 + Math.abs(skew) / spread));
  return equalEdges(low, high, Math.ceil((high - low) / width));
}

/** numpy.histogram_bin_edges(values, 'auto'). */
export function autoEdges(values: readonly number[]): number[] {
  const n = values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = minMax(values);
  const quantile = (p: number) => {
    const place = p * (n - 1);
    const below = Math.floor(place);
    const [from, to] = [sorted[below] ?? NaN, sorted[Math.min(n - 1, below + 1)] ?? NaN];
    return from + (to - from) * (place - below);
  };
  const freedman = (2 * (quantile(0.75) - quantile(0.25))) / n ** (1 / 3);
  const sturges = (high - low) / (Math.log2(n) + 1);
  const root = (high - low) / Math.sqrt(n) / 2;
  const width = freedman > 0 ? Math.min(Math.max(freedman, root), sturges) : sturges;
  return equalEdges(low, high, Math.ceil((high - low) / width));
}

/** numpy.random.seed(seed): uniform and normal numbers of the Mersenne twister, polar method. */
export function numpyRandom(seed: number): { uniform: () => number; normal: () => number } {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let k = 1; k < 624; k++) {
    const before = state[k - 1] ?? 0;
    state[k] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + k;
  }
  let place = 624;
  const word = (): number => {
    if (place === 624) {
      for (let k = 0; k < 624; k++) {
        const y = ((state[k] ?? 0) & 0x80000000) | ((state[(k + 1) % 624] ?? 0) & 0x7fffffff);
        state[k] = (state[(k + 397) % 624] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      place = 0;
    }
    let y = state[place++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const uniform = (): number => ((word() >>> 5) * 67_108_864 + (word() >>> 6)) / 2 ** 53;
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = scale * x;
      return scale * y;
    }
  };
  return { uniform, normal };
}
