/**
 * Which bins to join so that a chi-square holds: lists of places, in order, one per bin that comes
 * out. Nothing is joined where at least 80 % of the bins expect `least` rows. Else neighbours of an
 * `ordered` row are joined until they do, the last one with its left neighbour; of an `unordered`
 * row all thin bins become one, in the place of the first.
 */
export function joinThin(
  expected: readonly number[],
  order: 'ordered' | 'unordered',
  least = 5,
): number[][] {
  const places = expected.map((_, place) => place);
  const thin = places.filter((place) => (expected[place] ?? 0) < least);
  if (thin.length <= 0.2 * places.length) return places.map((place) => [place]);
  if (order === 'unordered') {
    const rest = places.filter((place) => place === thin[0] || !thin.includes(place));
    return rest.map((place) => (place === thin[0] ? thin : [place]));
  }
  const groups: number[][] = [];
  let open: number[] = [];
  let rows = 0;
  for (const place of places) {
    open.push(place);
    rows += expected[place] ?? 0;
    if (rows < least) continue;
    groups.push(open);
    [open, rows] = [[], 0];
  }
  if (open.length > 0) groups.push([...(groups.pop() ?? []), ...open]);
  return groups;
}

/** The counts of joined bins. */
export function joinBins(counts: readonly number[], groups: readonly number[][]): number[] {
  return groups.map((places) => places.reduce((sum, place) => sum + (counts[place] ?? 0), 0));
}
