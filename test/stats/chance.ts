/** Uniform numbers in [0, 1), the same for a seed everywhere: mulberry32. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** n rows spread over bins by their shares. */
export function draw(next: () => number, share: readonly number[], n: number): number[] {
  const rows = share.map(() => 0);
  for (let row = 0; row < n; row++) {
    let left = next();
    let bin = 0;
    while (bin < share.length - 1 && left >= (share[bin] ?? 0)) left -= share[bin++] ?? 0;
    rows[bin] = (rows[bin] ?? 0) + 1;
  }
  return rows;
}
