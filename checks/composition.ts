import { z } from 'zod';
import { UNSEEN } from '../domain/judging/categories.js';
import { categoryCounts, layoutOf } from '../domain/judging/distribution.js';
import { poolCounts } from '../domain/judging/pool.js';
import { joinThinBins } from '../domain/judging/thin.js';
import { usualOf } from '../domain/judging/usual.js';
import { CATEGORY, size, total } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { estimatePsi } from '../stats/psi.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { isOfSource, ROW_SOURCE } from './mixes.js';
import { estimated, explained, movedReading, movedRules, withHistory } from './psi.js';
import type { Sides } from './psi.js';
import { sayMoved } from './psi-words.js';
import type { BinShare } from './psi-words.js';
import { whyInWords } from './usual.js';
import { orderReading, RECORD_ORDER, sayOrder, wholePsi } from './record-order.js';

function axisOf(before: Counts): Axis {
  const rows = Array.from({ length: size(before) }, (_, row) => ({
    value: String(before.by['value']?.[row] ?? CATEGORY.missing),
    n: before.sums['n']?.[row] ?? 0,
  }));
  rows.sort((a, b) => b.n - a.n);
  return {
    kind: 'categorical',
    ...{ low: 0, inverseWidth: 1, atoms: [], edges: [], min: null, max: null },
    ...{ known: rows.map(({ value }) => value), type: '', distinct: 0 },
  };
}

/**
 * Whether the rows were collected as before: from the same sources, by the same versions. Looked at
 * before any drift: a column that moved only because the mix did has not drifted.
 */
export const composition: Written<object> = {
  ...movedRules,
  name: 'composition',
  question: 'Do the rows come from the same sources as before?',
  category: 'data-quality',
  action: 'Find out why the sources changed their shares before any drift is believed.',
  over: 'model',
  needs: ['rows', 'reference'],
  params: z.strictObject({}),
  defaults: { warn: 0.05, alert: null, minRows: 100, rule: 'calibrated' },
  measure(evidence, target): Reading {
    if (target === RECORD_ORDER) return orderReading(evidence);
    const mix = evidence.mixes?.[target];
    if (mix === undefined) return noReading('not_applicable', 'nobody says where rows come from');
    const { current, reference } = mix;
    const nCurrent = total(current);
    const pooled = poolCounts(mix.periods.map(({ counts }) => counts));
    const usual = usualOf(axisOf(pooled), mix.periods);
    if (usual === null && (reference === null || total(reference) === 0)) {
      return noReading('no_reference', 'the reference does not say where its rows come from', {
        nCurrent,
      });
    }
    const axis = usual?.axis ?? axisOf(reference ?? pooled);
    // one source that stays alone has one bin: nothing has changed
    if (axis.known.length < 2 && isOnly(axis.known[0], current)) {
      const details = { dimension: target, only: axis.known[0] };
      return reading({ value: 0, pValue: 1, nCurrent, nReference: total(reference), details });
    }
    const sides = { axis, current, reference, usual };
    const isOne = axis.known.length < 2;
    const found = isOne ? joined(evidence, sides) : movedReading(evidence, sides);
    return { ...found, details: { ...named(found, newIn(axis, current)), dimension: target } };
  },
  say(given, target) {
    if (target === RECORD_ORDER) return sayOrder(given);
    const { only } = given.details;
    if (typeof only === 'string') return `All rows are of one ${target} as before: ${only}.`;
    return sayMoved(given, `The mix of ${target}`);
  },
};

/** Rows of other sources beside the one that there was. */
function joined(evidence: Evidence, { axis, current, reference, usual }: Sides): Reading {
  const [only = ''] = axis.known;
  const before = total(usual?.pooled ?? reference ?? current);
  const own = categoryCounts(current).get(only) ?? 0;
  const others = total(current) - own;
  const bins = [
    { label: only, kind: 'category' as const, reference: before, current: own },
    { label: UNSEEN, kind: 'unseen' as const, reference: 0, current: others },
  ];
  return withHistory(explained(estimated(bins), whyInWords(evidence, null)), evidence);
}

/** Sources that the axis does not know, those with the most rows first. */
function newIn({ known }: Axis, current: Counts): string[] {
  const rows = [...categoryCounts(current)].filter(([value]) => !known.includes(value));
  return rows.sort((a, b) => b[1] - a[1]).map(([value]) => value);
}

/** What new sources there are may be said by name: they are few. */
function named({ details }: Reading, names: readonly string[]): Reading['details'] {
  const { bins } = details;
  if (!Array.isArray(bins) || names.length === 0) return details;
  const few = names.slice(0, NAMED).join(', ');
  const label = names.length > NAMED ? `${few} and ${names.length - NAMED} more` : few;
  const told = (bins as BinShare[]).map((bin) => (bin.label === UNSEEN ? { ...bin, label } : bin));
  return { ...details, bins: told };
}

const NAMED = 3;

function isOnly(value: string | undefined, counts: Counts): boolean {
  return (counts.by['value']?.length ?? 0) === 1 && counts.by['value']?.[0] === value;
}

/** Broken rules that a mix of other rows breaks as well: every value is in its place. */
const OF_MIXES = ['constant', 'one value fills in'];

/**
 * A moved column compared once more inside each source, with the reference weighed to the mix of
 * the window, and over all rows of the files that a numbered window was cut from; so is a column
 * that one value fills, for a mix of other rows may do that. `details.within` is that PSI by
 * dimension.
 */
export function withinMixes(
  asked: { question: { check: { name: string }; target: string }; found: Reading },
  at: { evidence: Evidence; slices: readonly Evidence[]; prediction: string | null },
): Reading {
  const { question, found } = asked;
  const { name } = question.check;
  const isPsi = name === 'psi' || name === 'prediction_drift';
  const isMoved = isPsi && movedRules.small(found);
  const isFilled = name === 'schema' && found.hard !== null && OF_MIXES.includes(found.hard);
  const column = name === 'prediction_drift' ? at.prediction : question.target;
  const axis = column === null ? undefined : at.evidence.grid.axes[column];
  if ((!isMoved && !isFilled) || axis === undefined || column === null) return found;
  const own = name === 'prediction_drift' ? [] : at.slices.filter(isOfSource);
  const bySource = withinPsi(axis, { rows: at.evidence.current.rows, slices: own }, column);
  const byOrder = wholePsi(at.evidence, column);
  if (bySource === null && byOrder === null) return found;
  const within = {
    ...(bySource === null ? {} : { [ROW_SOURCE]: bySource }),
    ...(byOrder === null ? {} : { [RECORD_ORDER]: byOrder }),
  };
  return { ...found, details: { ...found.details, within } };
}

/** null where a twentieth of the rows is in no slice that both sides have. */
function withinPsi(
  axis: Axis,
  { rows, slices }: { rows: number; slices: readonly Evidence[] },
  target: string,
): number | null {
  const sides = slices.flatMap(({ current, reference, periods, usual }) => {
    const live = periods.flatMap(({ columns }) => columns[target] ?? []);
    const isLive = usual === 'live' && live.length > 0;
    const before = isLive ? poolCounts(live) : reference?.columns[target];
    const now = current.columns[target];
    return now === undefined || before === undefined || total(before) === 0
      ? []
      : [{ now, before }];
  });
  const covered = sides.reduce((sum, { now }) => sum + total(now), 0);
  if (covered === 0 || covered < 0.95 * rows) return null;
  const layout = layoutOf(axis, poolCounts(sides.map(({ before }) => before)));
  const [current, expected] = [layout.bins.map(() => 0), layout.bins.map(() => 0)];
  let inverse = 0;
  for (const { now, before } of sides) {
    const [weight, n] = [total(now) / covered, total(before)];
    inverse += (weight * weight) / n;
    layout.rows(now).forEach((count, bin) => (current[bin] = (current[bin] ?? 0) + count));
    layout.rows(before).forEach((count, bin) => {
      expected[bin] = (expected[bin] ?? 0) + (weight * count) / n;
    });
  }
  const bins = layout.bins
    .map((bin, k) => ({
      ...bin,
      current: current[k] ?? 0,
      // as many rows as the weighed shares are as sure as
      reference: (expected[k] ?? 0) / inverse,
    }))
    .filter((bin) => bin.current + bin.reference > 0);
  const joined = joinThinBins(bins);
  const side = (name: 'current' | 'reference') => joined.map((bin) => bin[name]);
  return estimatePsi(side('current'), side('reference'), 0.01).adjusted;
}
