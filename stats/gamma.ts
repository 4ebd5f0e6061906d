/** Stirling's error of ln Γ(a) by its asymptotic series; 3e-17 at a >= 10. Loader (2000). */
function stirlingSeries(a: number): number {
  const r = 1 / (a * a);
  const tail = 1 / 1188 - r * (691 / 360360 - r / 156);
  return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * tail)))) / a;
}

/** ln Γ(a) for a > 0, to about 1e-15 of the larger of 1 and the value. */
export function logGamma(a: number): number {
  let shift = 0;
  let x = a;
  let product = 1;
  while (x < 10) {
    product *= x;
    x += 1;
    shift = Math.log(product);
  }
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + stirlingSeries(x) - shift;
}

/** ln Γ(a) - [(a - 1/2) ln a - a + ln(2π)/2], a > 0: what Stirling's formula leaves. */
export function stirlingError(a: number): number {
  if (a >= 10) return stirlingSeries(a);
  return logGamma(a) - ((a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI));
}

/** ln(1 + x) - x for x > -1 without cancellation near 0; -Infinity at -1. */
export function logOnePlusMinus(x: number): number {
  if (Math.abs(x) > 0.3) return Math.log1p(x) - x;
  // ln(1+x) = 2 atanh(r), r = x/(2+x): 2r - x = -r x, so only small terms are added up
  const r = x / (2 + x);
  const r2 = r * r;
  let power = r * r2;
  let sum = 0;
  for (let k = 3; k < 60; k += 2) {
    const term = (2 * power) / k;
    sum += term;
    if (Math.abs(term) < 1e-18 * Math.abs(sum)) break;
    power *= r2;
  }
  return sum - r * x;
}

/** ln[x^a e^-x / Γ(a)], a > 0, x > 0: exact to rounding at any size of a. */
function logGammaWeight(a: number, x: number): number {
  if (a < 10) return a * Math.log(x) - x - logGamma(a);
  const half = 0.5 * Math.log(a / (2 * Math.PI));
  return half + a * logOnePlusMinus((x - a) / a) - stirlingSeries(a);
}

/** Σ x^n / (a (a + 1) … (a + n)): the lower function over its weight; for x < a + 1. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1_000_000; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

/** Lentz's continued fraction of the upper function over its weight; for x >= a + 1. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1_000_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return h;
}

/**
 * ln Q(a, x), the regularised upper incomplete gamma function, a > 0, x >= 0: stays finite where
 * Q itself underflows. Numerical Recipes 6.2 with the weight above.
 */
function logUpperGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return -Infinity;
  const weight = logGammaWeight(a, x);
  if (x >= a + 1) return weight + Math.log(upperFraction(a, x));
  return Math.log1p(-Math.exp(weight + Math.log(lowerSeries(a, x))));
}

/** P(X > x) of the chi-square distribution with df > 0; 1 for x <= 0. Relative error < 1e-12. */
export function chiSquareTail(x: number, df: number): number {
  return Math.exp(logUpperGamma(df / 2, x / 2));
}

/**
 * P(X > x) of the non-central chi-square distribution, df > 0, lambda >= 0: the Poisson mixture of
 * central tails, summed around its largest term, so that it is right far out in the tail.
 */
export function noncentralChiSquareTail(x: number, df: number, lambda: number): number {
  if (x <= 0) return 1;
  if (lambda <= 0) return chiSquareTail(x, df);
  const mean = lambda / 2;
  const peak = Math.max(mean, (Math.sqrt((df * df) / 4 + lambda * x) - df / 2) / 2);
  const first = Math.max(0, Math.floor(peak - 12 * Math.sqrt(peak) - 20));
  const scale = logPoisson(first, mean);
  let a = df / 2 + first;
  const start = logUpperGamma(a, x / 2);
  // tails over exp(start): Q(a + 1) = Q(a) + x^a e^-x / Γ(a + 1), which only adds
  let tail = 1;
  let gain = Math.exp(logGammaWeight(a, x / 2) - Math.log(a) - start);
  let weight = 1;
  let sum = 0;
  for (let j = first; j < first + 10_000_000; j++) {
    const term = weight * tail;
    sum += term;
    if (j > peak && term < sum * 1e-17) break;
    weight *= mean / (j + 1);
    tail += gain;
    a += 1;
    gain *= x / 2 / a;
    // far out one factor underflows while the other overflows: keep both in range
    if (tail > 1e100 && weight < 1e-100) {
      tail *= 1e-100;
      gain *= 1e-100;
      weight *= 1e100;
    }
  }
  return Math.min(1, Math.exp(scale + start + Math.log(sum)));
}

function logPoisson(k: number, mean: number): number {
  return k === 0 ? -mean : logGammaWeight(k + 1, mean) - Math.log(mean);
}
