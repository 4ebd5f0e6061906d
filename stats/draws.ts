/**
 * Pairs of independent standard normal numbers, at points that fill their plane evenly and are
 * always the same (Halton 1960; Box and Muller 1958).
 */
export function normalPairs(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, draw) => {
    const radius = Math.sqrt(-2 * Math.log(halton(draw + 1, 2)));
    const angle = 2 * Math.PI * halton(draw + 1, 3);
    return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
  });
}

/** Point `index` (from 1) of the sequence of a base: in (0, 1), and evenly spread. */
function halton(index: number, base: number): number {
  let [value, part] = [0, 1];
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) {
    part /= base;
    value += part * (rest % base);
  }
  return value;
}
