import { describe, expect, test } from 'vitest';
import { lossAxis, lossColumns } from '../../domain/losses.js';
import { axisOf } from '../checks/evidence.js';
import { chance } from '../checks/evidence.js';

const names = (columns: readonly { column: string }[]) =>
  columns.slice(1).map(({ column }) => column);

/** Rows whose error is larger where `near` is, more so where `kind` is b; `idle` tells nothing. */
function rowsOf(n: number, weights: { near: number; kind: number }) {
  const next = chance(11);
  const [near, idle, predictions] = [0, 1, 2].map(() => Array.from({ length: n }, next));
  const kind = Array.from({ length: n }, () => (next() < 0.5 ? 'a' : 'b'));
  const losses = Array.from({ length: n }, (_, row) => {
    const scale = 1 + weights.near * (near?.[row] ?? 0) + weights.kind * Number(kind[row] === 'b');
    return scale * next();
  });
  return {
    losses,
    predictions: predictions ?? [],
    columns: { idle: idle ?? [], kind, near: near ?? [] },
  };
}

function chosen(weights: { near: number; kind: number }, n = 2000) {
  const rows = rowsOf(n, weights);
  const axes = Object.fromEntries(
    Object.entries({ ...rows.columns, answer: rows.predictions }).map(([name, values]) => [
      name,
      axisOf(values),
    ]),
  );
  return names(lossColumns(rows, { id: '', axes }, 'answer'));
}

describe('the features that tell the losses', () => {
  test('are named, the strongest first, and no idle one', () => {
    expect(chosen({ near: 3, kind: 0 })).toEqual(['near']);
    expect(chosen({ near: 3, kind: 1 })).toEqual(['near', 'kind']);
    expect(chosen({ near: 1, kind: 3 })).toEqual(['kind', 'near']);
  });

  test('are none where nothing tells, or rows are few', () => {
    expect(chosen({ near: 0, kind: 0 })).toEqual([]);
    expect(chosen({ near: 3, kind: 0 }, 199)).toEqual([]);
  });

  test('a copy of the strongest has nothing left to tell', () => {
    const rows = rowsOf(2000, { near: 3, kind: 0 });
    const { near } = rows.columns;
    const columns = { near, again: near, answer: rows.predictions };
    const axes = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, axisOf(values)]),
    );
    expect(
      names(lossColumns({ ...rows, columns: { near, again: near } }, { id: '', axes }, 'answer')),
    ).toEqual(['near']);
  });
});

test('a column is cut into strata of its values, or into its categories', () => {
  const numbers = Array.from({ length: 1000 }, (_, k) => k / 1000);
  const found = lossAxis(axisOf(numbers), numbers, 5);
  expect(found).toMatchObject({ kind: 'numeric', min: 0, max: 0.999 });
  // even values have even strata, as close as 64 cells can tell
  const cuts = found?.kind === 'numeric' ? found.cuts : [];
  expect(cuts).toHaveLength(4);
  cuts.forEach((cut, k) => {
    expect(Math.abs(cut - (k + 1) / 5)).toBeLessThan(1 / 32);
  });
  const texts = ['a', 'a', 'a', 'b', 'b', 'c', 'd', 'e', 'f'];
  expect(lossAxis(axisOf(texts), texts, 5)).toEqual({
    ...{ kind: 'categorical', own: ['a', 'b', 'c', 'd'], others: ['e', 'f'] },
  });
  const many = numbers.map((k) => `name ${k}`);
  expect(lossAxis(axisOf(many), many)).toBeNull();
  expect(lossAxis(axisOf(texts, { kind: 'opaque' }), texts)).toBeNull();
});
