import { cellsAt } from '../domain/adding.js';
import { percent } from '../domain/judging/figures.js';
import { size, total } from '../domain/profile.js';
import type { Outcomes, Profile } from '../domain/profile.js';
import { chanceOf, HARD_CHANCE } from './missing.js';
import { keyAt } from './scores.js';

/** Rows with a label, and rows in all. */
export function labelled(outcomes: Outcomes): { rows: number; all: number } {
  const count = { rows: 0, all: 0 };
  for (let row = 0; row < size(outcomes); row++) {
    const n = outcomes.sums['n']?.[row] ?? 0;
    count.all += n;
    if (labelAt(outcomes, row) !== '') count.rows += n;
  }
  return count;
}

function labelAt(outcomes: Outcomes, row: number): string {
  return String(outcomes.by['label']?.[row] ?? '');
}

/** The versions that answered labelled rows, by name; those of rows without one are none. */
export function versionsIn(outcomes: Outcomes): string[] {
  const names = new Set<string>();
  outcomes.by['version']?.forEach((name: string | number, row: number) => {
    const isCounted = labelAt(outcomes, row) !== '' && (outcomes.sums['n']?.[row] ?? 0) > 0;
    if (name !== '' && isCounted) names.add(String(name));
  });
  return [...names].sort();
}

/** What one version answered. */
export function ofVersion(version: string, outcomes: Outcomes): Outcomes {
  const names = outcomes.by['version'] ?? [];
  const cells = [...names.keys()].filter((cell) => names[cell] === version);
  return cellsAt(outcomes, cells);
}

/** Label → labelled rows. */
export function labelCounts(outcomes: Outcomes): Map<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < size(outcomes); row++) {
    const [label, n] = [labelAt(outcomes, row), outcomes.sums['n']?.[row] ?? 0];
    if (label !== '' && n > 0) rows.set(label, (rows.get(label) ?? 0) + n);
  }
  return rows;
}

/**
 * What is wrong with the labels, in words: all are one class of the several that the reference has,
 * which it makes less likely than 1e-6. null: nothing is, or nobody knows what labels were before.
 */
export function labelFault(current: Outcomes, reference: Outcomes | null): string | null {
  const [[only, n] = ['', 0], ...others] = [...labelCounts(current)];
  const before = reference === null ? new Map<string, number>() : labelCounts(reference);
  if (n === 0 || others.length > 0 || before.size < 2) return null;
  const all = [...before.values()].reduce((sum, rows) => sum + rows, 0);
  const share = { hits: before.get(only) ?? 0, n: all };
  if (chanceOf({ hits: n, n }, share) >= HARD_CHANCE) return null;
  return `for all ${n} of them are ${only}, of the reference's ${percent(share.hits / all)} are`;
}

const LIKE_POSITIVE = /^(yes|y|t|true|positive|pos|1)$/i;

/**
 * What is wrong with labels that cannot be read, in words, with what to write; null: at least half
 * of those that met a prediction can.
 */
export function unreadLabels({ asked, outcomes }: Profile): string | null {
  const [met, unread] = [total(asked['labels'], 'met'), total(asked['labels'], 'unread')];
  if (unread <= met / 2) return untimedLabels(asked);
  const values = Array.from(asked['unread']?.by['value'] ?? [], String);
  const list = `${unread} of ${met} are`;
  if (outcomes?.sums['errors'] !== undefined) return `${list} no numbers (${values.join(', ')})`;
  const likely = values.find((value) => LIKE_POSITIVE.test(value.trim())) ?? values[0] ?? 'yes';
  return (
    `${list} neither positive nor negative (${values.join(', ')}); ` +
    `say which are positive under labels, as positive: [${likely}]`
  );
}

/** Labels without a readable time are not known: told where that is most of them. */
function untimedLabels(asked: Profile['asked']): string | null {
  const [met, untimed] = [total(asked['labels'], 'met'), total(asked['labels'], 'untimed')];
  if (untimed <= met / 2) return null;
  const { column = [], value = [] } = asked['untimed']?.by ?? {};
  const texts = Array.from(value, String).join(', ');
  return `${untimed} of ${met} have no readable time in ${String(column[0] ?? '')} (${texts})`;
}

/** Sums of a regression over the labelled rows; e = y − ŷ. */
export interface ErrorSums {
  n: number;
  /** Σ|e|, Σe². */
  errors: number;
  squaredErrors: number;
  /** Standard deviation of the labels: the error of the model that always says their mean. */
  spread: number;
  /** Σe, Σe|e|, Σ|e|/|y|, Σ(e/y)²; null: nobody asked when the rows were counted. */
  sided: Record<'signed' | 'signedSquares' | 'relative' | 'squaredRelative', number> | null;
}

const SIDED = ['signed', 'signedSquares', 'relative', 'squaredRelative'] as const;

export function errorsOf(outcomes: Outcomes): ErrorSums {
  const total = { n: 0, errors: 0, squaredErrors: 0, labels: 0, squaredLabels: 0 };
  const sided = { signed: 0, signedSquares: 0, relative: 0, squaredRelative: 0 };
  const names = ['n', 'errors', 'squaredErrors', 'labels', 'squaredLabels'] as const;
  const { score: scores } = outcomes.by;
  const at = (name: string, row: number): number => {
    const value = outcomes.sums[name]?.[row] ?? NaN;
    return Number.isFinite(value) ? value : 0;
  };
  for (let row = 0; row < size(outcomes); row++) {
    if (labelAt(outcomes, row) === '') continue;
    // without a prediction there is no error, also none of 0
    if (scores !== undefined && keyAt(scores, row) === null) continue;
    for (const name of names) total[name] += at(name, row);
    for (const name of SIDED) sided[name] += at(name, row);
  }
  const { n, errors, squaredErrors, labels, squaredLabels } = total;
  const variance = n > 0 ? squaredLabels / n - (labels / n) ** 2 : 0;
  return {
    ...{ n, errors, squaredErrors, spread: Math.sqrt(Math.max(0, variance)) },
    sided: SIDED.every((name) => name in outcomes.sums) ? sided : null,
  };
}
