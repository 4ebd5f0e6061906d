/** 95 % power, and 5 % spent over all looks (`spentAt`) of which this is the fourth: 0.19 %. */
const POWER_95 = 1.6448536269514722;
const FOURTH_LOOK = 2.894341699295828;

/** Positives that have to be expected among the rows before anything is tested. */
export const LEAST_POSITIVES = 5;

/** Rows of equal weight that have to know as much as weighted ones do: (Σ w)² / Σ w². */
export const LEAST_EFFECTIVE = 100;

/**
 * Rows to hold out at random so that a one-sided test tells a share of `rate` among them from a
 * smaller share of `acted` among many others, at the fourth look, in 95 % of cases:
 * (z_a √(a(1 − a)) + z_b √(r(1 − r)))² / (r − a)², and at least 5 / r. By the normal distribution:
 * of fewer than 10 positives it is 84 % by the exact test. Shares in 0 to 1, `rate` > 0; Infinity
 * where `rate` is not the larger one.
 */
export function rowsToTell({ rate, acted }: { rate: number; acted: number }): number {
  if (rate <= acted) return Infinity;
  const spread = (share: number) => Math.sqrt(share * (1 - share));
  const wanted = (FOURTH_LOOK * spread(acted) + POWER_95 * spread(rate)) / (rate - acted);
  return Math.ceil(Math.max(wanted * wanted, LEAST_POSITIVES / rate));
}

/** The part of an error that is spent at look 1, 2, …: α · 6 / (π² k²), which add up to α, 5 %. */
export function spentAt(look: number, error = 0.05): number {
  return (error * 6) / (Math.PI * Math.PI * look * look);
}
