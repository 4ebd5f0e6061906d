/**
 * Ordinary least squares by the normal equations, solved by Gaussian elimination with partial
 * pivoting. `rows` n × k, `targets` n; gives k weights. A column without variation gets weight 0.
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
): number[] {
  const width = rows[0]?.length ?? 0;
  const system = Array.from({ length: width }, () => new Array<number>(width + 1).fill(0));
  rows.forEach((row, index) => {
    for (const [i, left] of row.entries()) {
      const equation = system[i] ?? [];
      for (const [j, right] of row.entries()) equation[j] = (equation[j] ?? 0) + left * right;
      equation[width] = (equation[width] ?? 0) + left * (targets[index] ?? 0);
    }
  });
  return solve(system);
}

function solve(system: number[][]): number[] {
  const size = system.length;
  for (let column = 0; column < size; column++) {
    const below = system.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const pivot = column + below.indexOf(Math.max(...below));
    [system[column], system[pivot]] = [system[pivot] ?? [], system[column] ?? []];
    const lead = system[column]?.[column] ?? 0;
    if (Math.abs(lead) < 1e-9) continue;
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = (system[row]?.[column] ?? 0) / lead;
      for (let j = column; j <= size; j++) {
        const target = system[row];
        if (target) target[j] = (target[j] ?? 0) - factor * (system[column]?.[j] ?? 0);
      }
    }
  }
  return system.map((row, i) =>
    Math.abs(row[i] ?? 0) < 1e-9 ? 0 : (row[size] ?? 0) / (row[i] ?? 1),
  );
}
