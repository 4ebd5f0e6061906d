import { chiSquareTail } from './gamma.js';

/** 97.5 % quantile of the normal distribution as the tables round it: the z of 95 % intervals. */
export const Z95 = 1.96;
/** 99 % quantile: the z of 98 % intervals, and of one-sided ones of 99 %. */
export const Z98 = 2.3263478740408408;
/** 99.5 % quantile: the z of 99 % intervals. */
export const Z99 = 2.5758293035489004;

/** P(Z > z) of the standard normal distribution; right to 1e-12 relative down to 1e-300. */
export function normalTail(z: number): number {
  const half = 0.5 * chiSquareTail(z * z, 1);
  return z >= 0 ? half : 1 - half;
}

/** erfc(z) = 2 P(Z > z √2). */
export function erfc(z: number): number {
  return 2 * normalTail(z * Math.SQRT2);
}
