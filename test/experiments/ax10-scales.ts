import { checkNamed } from '../../checks/index.js';
import type { Evidence } from '../../domain/score.js';
import { binned, evidenceOf } from '../checks/evidence.js';
import { chanceOf, normal } from './chance.js';
import type { Chance } from './chance.js';
import { share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';

/** A distribution of positive amounts with its middle and its spread. */
export interface Shape {
  name: string;
  draw(chance: Chance): number;
  median: number;
  sd: number;
}

/** Sums of `k` exponentials. */
function gamma(chance: Chance, k: number): number {
  let sum = 0;
  for (let part = 0; part < k; part++) sum -= Math.log(chance());
  return sum;
}

export const shapes: readonly Shape[] = [
  {
    ...{ name: 'log-normal, 0.6', median: 20, sd: 15.6 },
    draw: (chance) => 20 * Math.exp(0.6 * normal(chance)),
  },
  { name: 'gamma, 6', median: 5.67, sd: 2.45, draw: (chance) => gamma(chance, 6) },
  { name: 'normal, 100 ± 25', median: 100, sd: 25, draw: (chance) => 100 + 25 * normal(chance) },
];

/** Not looked at while the rule was made. */
const others: readonly Shape[] = [
  {
    ...{ name: 'log-normal, 0.35', median: 3, sd: 1.15 },
    draw: (chance) => 3 * Math.exp(0.35 * normal(chance)),
  },
  { name: 'gamma, 4', median: 3.67, sd: 2, draw: (chance) => gamma(chance, 4) },
  {
    ...{ name: 'Weibull, 2.5', median: 8.64, sd: 3.8 },
    draw: (chance) => 10 * (-Math.log(chance())) ** (1 / 2.5),
  },
  { name: 'normal, 50 ± 8', median: 50, sd: 8, draw: (chance) => 50 + 8 * normal(chance) },
];

/** What happens to each value of the window. */
export interface Fate {
  name: string;
  kind: 'factor' | 'other' | 'nearly' | 'none';
  /** null: the row has no value. */
  of(value: number, shape: Shape, chance: Chance): number | null;
}

const times = (factor: number, name = `× ${String(factor)}`): Fate => ({
  ...{ name, kind: 'factor', of: (value) => value * factor },
});
const some = (
  part: number,
  change: (value: number, shape: Shape) => number,
  name: string,
): Fate => ({
  name: `${String(part * 100)} % of the rows ${name}`,
  kind: part > 0.7 || (part > 0.5 && name.startsWith('+')) ? 'nearly' : 'other',
  of: (value, shape, chance) => (chance() < part ? change(value, shape) : value),
});
const step = (sds: number): Fate => ({
  ...{ name: `+ ${String(sds)} sd`, kind: 'other', of: (value, { sd }) => value + sds * sd },
});
const bent = (name: string, of: (value: number, shape: Shape) => number): Fate => ({
  ...{ name, kind: 'other', of },
});
const power = ({ median }: Shape, value: number, exponent: number): number =>
  median * Math.max(value / median, 0.01) ** exponent;

export const fates: readonly Fate[] = [
  ...[1.25, 1.6, 10, 1000].map((factor) => times(factor)),
  times(1 / 2.2, '/ 2.2'),
  {
    ...{ name: '/ 2.2, and 30 % have no value', kind: 'factor' },
    of: (value, _shape, chance) => (chance() < 0.3 ? null : value / 2.2),
  },
  { name: 'nothing', kind: 'none', of: (value) => value },
  ...[0.2, 0.4, 0.6, 0.8].flatMap((part) => [
    some(part, (value) => value * 1.5, '× 1.5'),
    some(part, (value) => value * 2, '× 2'),
    some(part, (value, { sd }) => value + 1.5 * sd, '+ 1.5 sd'),
  ]),
  ...[0.25, 0.5, 1, 2].map(step),
  bent('the upper half × 2', (value, { median }) => (value > median ? value * 2 : value)),
  bent('the logarithms 1.3 times as wide', (value, shape) => power(shape, value, 1.3)),
  bent('the same, and × 1.4', (value, shape) => 1.4 * power(shape, value, 1.3)),
  bent('1.5 times as wide', (value, { median }) => median + 1.5 * (value - median)),
  bent('the same, and + 30 %', (value, { median }) => 1.3 * median + 1.5 * (value - median)),
];

const REFERENCE_ROWS = 10_000;

/** A reference of a shape, with the evidence of windows beside it. */
export function referenceOf(
  shape: Shape,
  chance: Chance,
): (fate: Fate, rows: number, dice: Chance) => Evidence {
  const drawn = Array.from({ length: REFERENCE_ROWS }, () => shape.draw(chance));
  const given = evidenceOf({ x: drawn }, { x: [1] });
  const axis = given.grid.axes['x'];
  if (axis === undefined) throw new Error('the reference has its column');
  return (fate, rows, dice) => {
    const values = Array.from({ length: rows }, () => fate.of(shape.draw(dice), shape, dice));
    return { ...given, current: { ...given.current, rows, columns: { x: binned(axis, values) } } };
  };
}

const check = checkNamed('scale_change');

/** `scale`: the window is told to be on another one; `ok`: on the same. */
export function saidOf(evidence: Evidence): 'scale' | 'ok' | 'unknown' {
  const { hard, reason } = check.measure(evidence, 'x', check.defaults);
  if (hard === 'scale') return 'scale';
  return reason === null ? 'ok' : 'unknown';
}

export const isTold = (evidence: Evidence): boolean => saidOf(evidence) === 'scale';

const ROWS = [200, 1000, 4000, 10_000] as const;

type Said = ReturnType<typeof saidOf>;

function count(size: Size, told: (fate: Fate, rows: number, said: Said) => void): void {
  const quick = size === 'quick';
  for (const shape of quick ? others.slice(0, 2) : [...shapes, ...others]) {
    for (let run = 0; run < (quick ? 2 : 40); run++) {
      const seed = `AX10/scales/${shape.name}/${String(run)}`;
      const windowOf = referenceOf(shape, chanceOf(seed));
      for (const fate of fates) {
        for (const rows of quick ? ROWS.slice(1, 3) : ROWS) {
          const dice = chanceOf(`${seed}/${fate.name}/${String(rows)}`);
          told(fate, rows, saidOf(windowOf(fate, rows, dice)));
        }
      }
    }
  }
}

/** Whether a change of unit is told from everything that looks like one from afar. */
export const ax10Scales: Experiment = {
  id: 'AX10-scales',
  run(size) {
    const cells = new Map<string, { hits: number; n: number }>();
    const note = (row: string, rows: number, said: Said) => {
      for (const what of ['scale', 'ok', 'unknown'] as const) {
        for (const key of [rows, 'all'].map((of) => `${what}|${row}|${String(of)}`)) {
          const { hits, n } = cells.get(key) ?? { hits: 0, n: 0 };
          cells.set(key, { hits: hits + (said === what ? 1 : 0), n: n + 1 });
        }
      }
    };
    count(size, (fate, rows, said) => {
      note(fate.name, rows, said);
      if (fate.kind === 'other') note(TOGETHER, rows, said);
    });
    const figures = (kind: Fate['kind'], what: Said = 'scale'): Figure[] =>
      fates
        .filter((fate) => fate.kind === kind)
        .flatMap(({ name }) => figuresOf(name, what, cells));
    return {
      id: 'AX10-scales',
      title: 'a common factor, and what only looks like one',
      setup:
        'One positive column, 10,000 rows of reference, n of the window; shares of windows that ' +
        '`scale_change` calls another scale. Log-normal, gamma and normal values away from 0, ' +
        'three shapes that the rule was made on and four others. A change of four fifths of the ' +
        'rows is nearly a common factor: at its deciles it is off by no more than the rule ' +
        'allows. So is a step of 1.5 sd of three fifths of them: of normal values of 100 ± 25 it ' +
        'makes 1.23 times the mean and 1.24 times the spread. Where the rows neither show a common ' +
        'factor nor rule it out, the check says unknown and not ok.',
      tables: [
        { title: 'Found: every value times a factor', figures: figures('factor') },
        {
          title: 'False: no common factor',
          figures: [...figuresOf(TOGETHER, 'scale', cells), ...figures('other')],
        },
        { title: 'Nearly a common factor', figures: figures('nearly') },
        {
          title: 'Silent: called ok, though every value was multiplied',
          figures: figures('factor', 'ok'),
        },
        {
          title: 'Unknown: nothing happened to the values, or something else',
          figures: [...figures('none', 'unknown'), ...figuresOf(TOGETHER, 'unknown', cells)],
        },
      ],
    };
  },
};

const TOGETHER = 'all of these together';

function figuresOf(
  row: string,
  what: Said,
  cells: ReadonlyMap<string, { hits: number; n: number }>,
): Figure[] {
  return [...ROWS.map(String), 'all'].flatMap((rows) => {
    const cell = cells.get(`${what}|${row}|${rows}`);
    if (cell === undefined) return [];
    const column = rows === 'all' ? 'all sizes' : `n = ${Number(rows).toLocaleString('en')}`;
    return [share({ row, column, must: MUST[what](row, rows) }, cell)];
  });
}

type Must = { least: number } | { most: number } | null;

/** What is asked of each share: `rows` is a size of the window, or all. */
const MUST: Readonly<Record<Said, (row: string, rows: string) => Must>> = {
  // Factors that most sizes of samples tell, and the rate of false ones.
  scale(row, rows) {
    if (row === TOGETHER) return rows === 'all' ? { most: 0.001 } : null;
    if (row === '× 10' || row === '× 1000') return { least: 0.95 };
    const isLarge = rows === '4000' || rows === '10000';
    return (row === '× 1.6' || row === '/ 2.2') && isLarge ? { least: 0.95 } : null;
  },
  // Those that are no change of unit may hide behind chance.
  ok: (row) => (row === '× 1.25' ? null : { most: 0.01 }),
  unknown: (row) => (row === TOGETHER ? null : { most: 0.01 }),
};
