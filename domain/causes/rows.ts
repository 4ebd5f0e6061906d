/** A feature of rows, as bins. */
export interface BinnedFeature {
  name: string;
  /** What each bin is called, by its code. */
  bins: readonly string[];
  /** For each row the code of its bin. */
  codes: ArrayLike<number>;
}

/** Rows of the window and of the reference, drawn for what counts cannot answer. */
export interface Rows {
  features: readonly BinnedFeature[];
  /** 1 = a row of the window, 0 = of the reference. */
  sides: ArrayLike<number>;
  /** What the model answered; NaN: no number. */
  scores: ArrayLike<number>;
  /** What the answer cost: 1 or 0 for a class, |error| for a value; NaN: no label. */
  losses: ArrayLike<number>;
  /** A whole number >= 0 for each row, spread evenly. */
  hashes: ArrayLike<number>;
}

/** The rows of these places. */
function pick(rows: Rows, places: ArrayLike<number>): Rows {
  const of = (list: ArrayLike<number>): Float64Array =>
    Float64Array.from(places, (place) => list[place] ?? NaN);
  return {
    features: rows.features.map((one) => ({
      ...one,
      codes: Int32Array.from(places, (place) => one.codes[place] ?? 0),
    })),
    sides: of(rows.sides),
    scores: of(rows.scores),
    losses: of(rows.losses),
    hashes: of(rows.hashes),
  };
}

/** The rows whose label is known. */
export function labelledRows(rows: Rows): Rows {
  const places = Array.from(rows.losses, (loss, place) => (Number.isNaN(loss) ? -1 : place));
  return pick(
    rows,
    places.filter((place) => place >= 0),
  );
}

/** Rows of the reference and of the window. */
export function countSides({ sides }: Pick<Rows, 'sides'>): { reference: number; current: number } {
  let current = 0;
  for (let row = 0; row < sides.length; row++) if (sides[row] === 1) current += 1;
  return { reference: sides.length - current, current };
}

/** Rows of each bin on either side. */
export function binRows(
  { sides }: Pick<Rows, 'sides'>,
  { bins, codes }: BinnedFeature,
): { reference: Float64Array; current: Float64Array } {
  const [reference, current] = [new Float64Array(bins.length), new Float64Array(bins.length)];
  for (let row = 0; row < sides.length; row++) {
    const [side, code] = [sides[row] === 1 ? current : reference, codes[row] ?? -1];
    side[code] = (side[code] ?? 0) + 1;
  }
  return { reference, current };
}
