/** Rows of two sides with P(current | row) of each, as `separability` holds it out, and a loss. */
export interface Scored {
  chances: ArrayLike<number>;
  /** 1 = current, 0 = reference. */
  labels: ArrayLike<number>;
  losses: ArrayLike<number>;
}

/** The change of a mean loss in three steps, which add up to it. */
export interface SharedDecomposition {
  total: number;
  /** Reference rows → the rows that both sides share, with the reference's outcomes. */
  towardsShared: number;
  /** The same rows, with the current outcomes: what changed in Y given X. */
  outcome: number;
  /** Shared rows → the current rows. */
  fromShared: number;
}

/**
 * Weights that turn either side into the distribution that both share: with r = π / (1 - π) times
 * n_reference / n_current, r / (1 + r) for a reference row and 1 / (1 + r) for a current one. Cai,
 * Namkoong and Yadlowsky (2023).
 */
export function sharedWeights({ chances, labels }: Omit<Scored, 'losses'>): Float64Array {
  const sides = [0, 0] as [number, number];
  for (let row = 0; row < labels.length; row++) sides[labels[row] === 1 ? 1 : 0] += 1;
  return Float64Array.from({ length: labels.length }, (_, row) => {
    const chance = chances[row] ?? NaN;
    // r / (1 + r) without a division by 1 - π
    const odds = chance * sides[0];
    const share = odds / (odds + (1 - chance) * sides[1]);
    return labels[row] === 1 ? 1 - share : share;
  });
}

/** Null when a side is empty, or when the two sides share nothing. */
export function sharedDecomposition(rows: Scored): SharedDecomposition | null {
  const weights = sharedWeights(rows);
  const mean = (label: 0 | 1, weight: (row: number) => number): number => {
    let [sum, all] = [0, 0];
    for (let row = 0; row < rows.labels.length; row++) {
      if ((rows.labels[row] === 1 ? 1 : 0) !== label) continue;
      sum += weight(row) * (rows.losses[row] ?? NaN);
      all += weight(row);
    }
    return sum / all;
  };
  const plain = (): number => 1;
  const shared = (row: number): number => weights[row] ?? 0;
  const [before, now] = [mean(0, plain), mean(1, plain)];
  const [sharedBefore, sharedNow] = [mean(0, shared), mean(1, shared)];
  const total = now - before;
  if (!Number.isFinite(total + sharedBefore + sharedNow)) return null;
  return {
    total,
    towardsShared: sharedBefore - before,
    outcome: sharedNow - sharedBefore,
    fromShared: now - sharedNow,
  };
}
