import { isKnownTo } from '../domain/judging/categories.js';
import { categoryCounts } from '../domain/judging/distribution.js';
import { percent } from '../domain/judging/figures.js';
import { isValue } from '../domain/judging/tail.js';
import { homogeneity } from '../stats/chi2.js';
import type { ColumnPair } from './columns.js';
import { chanceOf, HARD_CHANCE, missingShare, softened } from './missing.js';
import type { Broken } from './schema-rules.js';

/** A value with its rows, and the rows of its side. */
interface Value {
  value: string;
  rows: number;
  n: number;
}

/** Values that vanished, and values that came, each beyond chance; the most frequent first. */
interface Turnover {
  vanished: Value[];
  came: Value[];
}

/**
 * Values have come back written otherwise: in another spelling, those of all rows or of some, or
 * under other names that match them one to one by frequency.
 */
export function encodingChanged(pair: ColumnPair): Broken | null {
  if (pair.axis.kind !== 'categorical') return null;
  const turnover = turnoverOf(pair);
  const seen = respelled(turnover) ?? respelledTogether(pair) ?? renamed(turnover);
  return seen === null ? null : { rule: 'encoding changed', seen };
}

function turnoverOf({ axis, current, reference }: ColumnPair): Turnover {
  const [now, before] = [categoryCounts(current), categoryCounts(reference)];
  const isKnown = isKnownTo(axis, reference);
  const n = missingShare(axis, current).n;
  const m = missingShare(axis, reference).n;
  const limit = Math.log(HARD_CHANCE);
  const vanished = [...new Set(axis.known)]
    .filter((value) => {
      if ((now.get(value) ?? 0) > 0) return false;
      const share = { hits: before.get(value) ?? 0, n: m };
      // Of most values the share itself is too small: no need to look closer.
      const isRare = n * Math.log1p(-softened(share)) >= limit;
      return !isRare && chanceOf(share, { hits: 0, n }) < HARD_CHANCE;
    })
    .map((value) => ({ value, rows: before.get(value) ?? 0, n: m }));
  const came: Value[] = [];
  // Where nothing vanished, nothing was written otherwise.
  for (const [value, rows] of vanished.length > 0 ? now : []) {
    if (isKnown(value) || !isValue(value)) continue;
    if (chanceOf({ hits: rows, n }, { hits: 0, n: m }) < HARD_CHANCE) came.push({ value, rows, n });
  }
  const often = (a: Value, b: Value): number => b.rows - a.rows;
  return { vanished: vanished.sort(often), came: came.sort(often) };
}

function respelled({ vanished, came }: Turnover): string | null {
  const old = new Map(vanished.map(({ value }) => [spelling(value), value]));
  for (const { value } of came) {
    const before = old.get(spelling(value));
    if (before !== undefined) return `"${before}" is now written "${value}"`;
  }
  return null;
}

/**
 * New spellings of known values of which none may be frequent, each too rare to be missed alone:
 * all of them came together, and what they are spellings of became fewer, both beyond chance.
 */
function respelledTogether({ axis, current, reference }: ColumnPair): string | null {
  const now = categoryCounts(current);
  const isKnown = isKnownTo(axis, reference);
  const unknown = [...now].filter(([value]) => !isKnown(value) && isValue(value));
  if (unknown.length === 0) return null;
  const old = new Map([...new Set(axis.known)].map((value) => [spelling(value), value]));
  const found = unknown.flatMap(([value, rows]) => {
    const was = old.get(spelling(value));
    return was === undefined ? [] : [{ value, was, rows }];
  });
  found.sort((a, b) => b.rows - a.rows);
  const partners = [...new Set(found.map(({ was }) => was))];
  const rowsOf = (counts: ReadonlyMap<string, number>): number =>
    partners.reduce((sum, value) => sum + (counts.get(value) ?? 0), 0);
  const [n, m] = [missingShare(axis, current).n, missingShare(axis, reference).n];
  const came = { hits: found.reduce((sum, { rows }) => sum + rows, 0), n };
  const others = { hits: n - rowsOf(now), n };
  const isNews =
    chanceOf(came, { hits: 0, n: m }) < HARD_CHANCE &&
    chanceOf(others, { hits: m - rowsOf(categoryCounts(reference)), n: m }) < HARD_CHANCE;
  if (!isNews) return null;
  const words = found
    .slice(0, NAMED)
    .map(({ value, was }) => `"${was}" is now written "${value}"`)
    .join(', ');
  // Of rare values a profile names but the most frequent ones.
  const of = found.length > NAMED ? `${found.length} values, ` : '';
  return `at least ${of}${percent(came.hits / n)} of the rows: ${words}`;
}

/** What stays of a value when its spaces, its case and the `.0` of a whole number are taken off. */
function spelling(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/^([+-]?\d+)\.0+$/, '$1');
}

/** Values in a mapping that are named in a sentence. */
const NAMED = 3;
/** A single new name needs as large a share, for any two rare values may be as frequent. */
const LARGE = 0.05;
/** Shares that differ by more do not match, whatever chance says of few rows. */
const APART = 0.2;

/**
 * As many values came as vanished, each as frequent as its partner in order of frequency. One alone
 * has to begin as the other does: a product that takes the place of another sells as well.
 */
function renamed({ vanished, came }: Turnover): string | null {
  const [[first], [only]] = [vanished, came];
  if (first === undefined || only === undefined || vanished.length !== came.length) return null;
  const isLarge = first.rows / first.n >= LARGE && isShort(first.value, only.value);
  if (vanished.length === 1 && !isLarge) return null;
  const pairs = vanished.flatMap((old, place) => {
    const own = came[place];
    return own === undefined ? [] : [{ old, own }];
  });
  if (!pairs.every(({ old, own }) => isAsFrequent(old, own))) return null;
  const words = pairs
    .slice(0, NAMED)
    .map(({ old, own }) => `"${old.value}" ${shareOf(old)} is now "${own.value}" ${shareOf(own)}`)
    .join(', ');
  if (pairs.length === 1) return words;
  return `${pairs.length} values have new names: ${words}`;
}

/** One is short for the other, as `IT` is for `Italy`. */
function isShort(a: string, b: string): boolean {
  const [one, other] = [spelling(a), spelling(b)];
  return one !== '' && other !== '' && (one.startsWith(other) || other.startsWith(one));
}

function isAsFrequent(old: Value, own: Value): boolean {
  const [before, now] = [old.rows / old.n, own.rows / own.n];
  if (Math.abs(now - before) > APART * before) return false;
  const { pValue } = homogeneity([own.rows, own.n - own.rows], [old.rows, old.n - old.rows]);
  return pValue > 1e-3;
}

function shareOf({ rows, n }: Value): string {
  return percent(rows / n);
}
