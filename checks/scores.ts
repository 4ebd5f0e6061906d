import { BIN, FINE_BINS, size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';

/** Labelled rows whose scores lie in one cell; a single score where they are counted by value. */
export interface ScoreCell {
  low: number;
  high: number;
  positives: number;
  negatives: number;
  /** Mean score of the positives and of the negatives in it; the middle where nobody knows. */
  positive: number;
  negative: number;
}

/**
 * The cells of a probability as the engine counts them: [0, 1], a hair wider. Of a slice sixteen
 * are one.
 */
export const SCORES = { low: -1e-9, inverseWidth: FINE_BINS / (1 + 2e-9) } as const;
const TOGETHER = 16;
/** Scores that are closer to a threshold lie on it. */
const NEAR = 1e-8;
/** Less than a cell is wide, more than what its edges are rounded by. */
const TINY = 1e-12;

const known = new WeakMap<Outcomes, readonly ScoreCell[]>();

/**
 * Labelled rows of a binary model by score, ascending; [] without scores. Rows without a finite
 * score are left out. Kept for as long as the outcomes: read only.
 */
export function scoreCells(outcomes: Outcomes): readonly ScoreCell[] {
  const found = known.get(outcomes);
  if (found !== undefined) return found;
  const made = cellsOf(outcomes);
  known.set(outcomes, made);
  return made;
}

/** Where labelled rows lie by their keys alone, whatever they weigh. */
interface Places {
  /** Of each row: twice its cell, one more for a negative; -1: it has no score or label. */
  slots: Int32Array;
  /** Where each cell begins and ends, ascending. */
  ranges: readonly (readonly [number, number])[];
}

/** Rows that are weighed in many ways are placed once. */
const placed = new WeakMap<Outcomes['by'], Places>();

function placesOf(outcomes: Outcomes, keys: Outcomes['by'][string]): Places {
  const found = placed.get(outcomes.by);
  if (found !== undefined) return found;
  const labels = outcomes.by['label'] ?? [];
  const known = Array.from({ length: size(outcomes) }, (_, row) => {
    const isLabelled = labels[row] === '1' || labels[row] === '0';
    return isLabelled ? keyAt(keys, row) : null;
  });
  const cells = [...new Set(known.filter((key) => key !== null))].sort((a, b) => a - b);
  const cellOf = new Map(cells.map((key, cell) => [key, cell]));
  const slots = Int32Array.from(known, (key, row) => {
    const cell = key === null ? undefined : cellOf.get(key);
    return cell === undefined ? -1 : 2 * cell + Number(labels[row] === '0');
  });
  const range = keys instanceof Int32Array ? rangesOf(cells) : ofValue;
  const made = { slots, ranges: cells.map(range) };
  placed.set(outcomes.by, made);
  return made;
}

function cellsOf(outcomes: Outcomes): ScoreCell[] {
  const keys = outcomes.by['score'];
  if (keys === undefined) return [];
  const { slots, ranges } = placesOf(outcomes, keys);
  const { n = [], scores = [] } = outcomes.sums;
  const rows = new Float64Array(2 * ranges.length);
  const sums = new Float64Array(2 * ranges.length);
  for (let row = 0; row < slots.length; row++) {
    const slot = slots[row] ?? -1;
    if (slot < 0) continue;
    rows[slot] = (rows[slot] ?? 0) + (n[row] ?? 0);
    sums[slot] = (sums[slot] ?? 0) + (scores[row] ?? NaN);
  }
  return ranges.map(([low, high], cell): ScoreCell => {
    const [at, next] = [2 * cell, 2 * cell + 1];
    const [positives, negatives] = [rows[at] ?? 0, rows[next] ?? 0];
    const positive = meanOf(sums[at] ?? NaN, positives, { low, high });
    const negative = meanOf(sums[next] ?? NaN, negatives, { low, high });
    return { low, high, positives, negatives, positive, negative };
  });
}

/** The cell or the value of a row; null: it has no finite score. */
export function keyAt(keys: Outcomes['by'][string], row: number): number | null {
  const key = keys[row];
  if (keys instanceof Int32Array) {
    return key === BIN.missing || key === BIN.notFinite ? null : Number(key ?? BIN.missing);
  }
  const value = key === undefined || key === '' ? NaN : Number(key);
  return Number.isFinite(value) ? value : null;
}

/** Where on the scale the rows of a cell or value lie: in its middle. */
export function middleOf({ by }: Outcomes): (key: number) => number {
  if (!(by['score'] instanceof Int32Array)) return (value) => value;
  return (bin) => SCORES.low + (bin + 0.5) / SCORES.inverseWidth;
}

/** A value is a cell of its own. */
const ofValue = (value: number): [number, number] => [value, value];

/** Where a cell begins and ends. */
function rangesOf(cells: readonly number[]): (bin: number) => [number, number] {
  const inside = cells.filter((bin) => bin >= 0 && bin < FINE_BINS);
  const isCoarse = inside.every((bin) => bin % TOGETHER === TOGETHER / 2);
  const edge = (bin: number) => SCORES.low + bin / SCORES.inverseWidth;
  return (bin) => {
    if (bin < 0) return [-Infinity, edge(0)];
    if (bin >= FINE_BINS) return [edge(FINE_BINS), Infinity];
    const from = isCoarse ? bin - (bin % TOGETHER) : bin;
    return [edge(from), edge(from + (isCoarse ? TOGETHER : 1))];
  };
}

function meanOf(sum: number, n: number, { low, high }: Pick<ScoreCell, 'low' | 'high'>): number {
  // Of one value the sum would only round it.
  if (low === high) return low;
  const mean = n > 0 && Number.isFinite(sum) ? sum / n : (low + high) / 2;
  return Math.min(high, Math.max(low, mean));
}

/** Positives and negatives by score, ascending. */
export function byScore(cells: readonly ScoreCell[]) {
  return {
    positives: cells.map(({ positives }) => positives),
    negatives: cells.map(({ negatives }) => negatives),
  };
}

/** True where every cell is one score: then nothing is rounded. */
export const isExact = (cells: readonly ScoreCell[]): boolean =>
  cells.every(({ low, high }) => low === high);

/** Positives and negatives at or above a threshold, and those in the cell that it cuts. */
export interface Cut {
  positives: number;
  negatives: number;
  /** Rows of the cut cell that may lie on the other side. */
  unsure: { positives: number; negatives: number };
  /** The cut cell counts as above. */
  above: boolean;
}

/**
 * Cuts the scores at a threshold. Only rows of the cell that it lies in are unsure, none where it
 * is the lower edge of that cell or where all of them are on it; they count where their mean lies.
 */
export function cutAt(cells: readonly ScoreCell[], threshold: number): Cut {
  const cut = { positives: 0, negatives: 0, unsure: { positives: 0, negatives: 0 }, above: false };
  const place = placeOf(threshold);
  for (const cell of cells) {
    const at = sideOf(cell, threshold, place);
    const { positives, negatives } = cell;
    if (at.above) {
      cut.positives += positives;
      cut.negatives += negatives;
    }
    if (at.sure) continue;
    cut.unsure = { positives, negatives };
    cut.above = at.above;
  }
  return cut;
}

/** Where the fine cell of a score begins and ends: it is found as lake/profile-meetings.ts does. */
function placeOf(score: number): { from: number; to: number } {
  const { low, inverseWidth } = SCORES;
  const place = (score - (low + 0.5 / inverseWidth)) * inverseWidth;
  const below = Math.floor(place);
  const cell = place - below === 0.5 && below % 2 === 0 ? below : Math.round(place);
  return { from: low + cell / inverseWidth, to: low + (cell + 1) / inverseWidth };
}

function sideOf(
  cell: ScoreCell,
  threshold: number,
  { from, to }: { from: number; to: number },
): { above: boolean; sure: boolean } {
  const { low, high, positives, negatives } = cell;
  if (low === high) return { above: low >= threshold, sure: true };
  if (high < from + TINY) return { above: false, sure: true };
  if (low > to - TINY || low >= threshold - NEAR) return { above: true, sure: true };
  const sum = positives * cell.positive + negatives * cell.negative;
  const mean = sum / (positives + negatives);
  const areOn = high < threshold + NEAR && mean > high - NEAR;
  return { above: areOn || mean >= threshold, sure: areOn };
}
