/**
 * P(D <= x) of the two-sided one-sample Kolmogorov statistic of n values: Durbin's matrix, powered
 * with a running exponent. Marsaglia, Tsang and Wang (2003).
 */
export function durbin(n: number, x: number): number {
  const k = Math.floor(n * x) + 1;
  const h = k - n * x;
  const { matrix, exponent: scale } = power(start(2 * k - 1, h), 2 * k - 1, n);
  let exponent = scale;
  let s = matrix[(k - 1) * (2 * k - 1) + k - 1] ?? 0;
  for (let i = 1; i <= n; i++) {
    s = (s * i) / n;
    if (s < 1e-140) {
      s *= 1e140;
      exponent -= 140;
    }
  }
  return s * 10 ** exponent;
}

function start(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const at = (i: number, j: number): number => i * size + j;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) matrix[at(i, j)] = i - j + 1 < 0 ? 0 : 1;
  }
  for (let i = 0; i < size; i++) {
    matrix[at(i, 0)] = (matrix[at(i, 0)] ?? 0) - h ** (i + 1);
    matrix[at(size - 1, i)] = (matrix[at(size - 1, i)] ?? 0) - h ** (size - i);
  }
  const corner = at(size - 1, 0);
  matrix[corner] = (matrix[corner] ?? 0) + (2 * h - 1 > 0 ? (2 * h - 1) ** size : 0);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(i, size - 1); j++) {
      let cell = matrix[at(i, j)] ?? 0;
      for (let g = 1; g <= i - j + 1; g++) cell /= g;
      matrix[at(i, j)] = cell;
    }
  }
  return matrix;
}

interface Powered {
  matrix: Float64Array;
  exponent: number;
}

function power(base: Float64Array, size: number, n: number): Powered {
  if (n === 1) return { matrix: base, exponent: 0 };
  const half = power(base, size, Math.floor(n / 2));
  let matrix = multiply(half.matrix, half.matrix, size);
  let exponent = 2 * half.exponent;
  if (n % 2 === 1) matrix = multiply(base, matrix, size);
  const middle = Math.floor(size / 2);
  if ((matrix[middle * size + middle] ?? 0) > 1e140) {
    matrix = matrix.map((cell) => cell * 1e-140);
    exponent += 140;
  }
  return { matrix, exponent };
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let g = 0; g < size; g++) {
      const factor = a[i * size + g] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) {
        const cell = i * size + j;
        result[cell] = (result[cell] ?? 0) + factor * (b[g * size + j] ?? 0);
      }
    }
  }
  return result;
}
