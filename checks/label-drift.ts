import { z } from 'zod';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import { placeAmong } from '../domain/judging/usual.js';
import { CATEGORY, size } from '../domain/profile.js';
import type { Axis, Counts, Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { homogeneity } from '../stats/chi2.js';
import { newcombe } from '../stats/intervals.js';
import type { Share } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { immature } from './mature.js';
import { unreadLabels } from './outcomes.js';
import { movedRules } from './psi.js';
import { usualFor, whyInWords } from './usual.js';

/** Rows by label; rows without one are left out. null: no labels, or those of a regression. */
function labelsOf(outcomes: Outcomes | null): Map<string, number> | null {
  const rows = new Map<string, number>();
  if (outcomes === null) return null;
  for (let row = 0; row < size(outcomes); row++) {
    const label = String(outcomes.by['label']?.[row] ?? '');
    const n = outcomes.sums['n']?.[row] ?? 0;
    if (label === 'known') return null;
    if (label !== '' && n > 0) rows.set(label, (rows.get(label) ?? 0) + n);
  }
  return rows.size === 0 ? null : rows;
}

const countsOf = (rows: ReadonlyMap<string, number>): Counts => ({
  by: { value: [...rows.keys()] },
  sums: { n: Float64Array.from(rows.values()) },
});

function axisOf(labels: Iterable<string>): Axis {
  return {
    kind: 'categorical',
    ...{ low: 0, inverseWidth: 1, atoms: [], edges: [], min: null, max: null },
    ...{ known: [...labels].sort(), type: '', distinct: 0 },
  };
}

/** Labels of the reference's own windows: of live ones they were not complete in their time. */
function usualLabels(evidence: Evidence) {
  if (evidence.usual !== 'reference') return null;
  return usualFor(evidence, 'labels', {
    axisFor: (parts) => {
      const values = new Set(parts.flatMap(({ by }) => [...(by['value'] ?? [])].map(String)));
      return values.size === 0
        ? null
        : axisOf([...values].filter((one) => one !== CATEGORY.missing));
    },
    countsOf: ({ outcomes }) => {
      const labels = labelsOf(outcomes);
      return labels === null ? null : countsOf(labels);
    },
  });
}

/** The label whose share moved most beyond chance; of two labels the positive one. */
function mostMoved(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): string {
  if (now.size + before.size <= 4 && (now.has('1') || before.has('1'))) return '1';
  const [n, m] = [sum(now), sum(before)];
  const labels = [...new Set([...before.keys(), ...now.keys()])].sort();
  const moves = labels.map((label) => {
    const [hits, known] = [now.get(label) ?? 0, before.get(label) ?? 0];
    return { label, pValue: homogeneity([hits, n - hits], [known, m - known]).pValue };
  });
  return moves.reduce((best, one) => (one.pValue < best.pValue ? one : best)).label;
}

const sum = (rows: ReadonlyMap<string, number>): number =>
  [...rows.values()].reduce((all, n) => all + n, 0);

function measured(
  evidence: Evidence,
  now: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
): Reading {
  const label = mostMoved(now, before);
  const [own, known]: [Share, Share] = [
    { hits: now.get(label) ?? 0, n: sum(now) },
    { hits: before.get(label) ?? 0, n: sum(before) },
  ];
  const rows = { nCurrent: own.n, nReference: known.n };
  if (known.hits === 0) {
    return noReading('not_applicable', `the reference has no label ${label}`, rows);
  }
  const rate = known.hits / known.n;
  const { low, high } = newcombe(own, known, Z99);
  const usual = usualLabels(evidence);
  const placed = usual && placeAmong(usual, countsOf(now), evidence.current.window.weekday);
  const alone = homogeneity(
    [own.hits, own.n - own.hits],
    [known.hits, known.n - known.hits],
  ).pValue;
  return reading({
    value: (own.hits / own.n - rate) / rate,
    // no label at all is the least there is
    ...{ low: Math.max(-1, low / rate), high: high / rate, interval: 'confidence' },
    pValue: placed === null ? alone : placed.test.pValue,
    ...rows,
    details: {
      ...{ level: 0.99, label, current: own.hits / own.n, before: rate },
      ...{ mode: placed?.mode ?? 'N', history: placed?.windows ?? evidence.earlier.length },
      why: whyInWords(evidence, placed),
    },
  });
}

/**
 * Relative change of the positive rate over mature labels, or of the class whose rate moved most,
 * with Newcombe's 99 % interval. A change whose interval holds 0 is chance; where the reference is
 * cut like the windows, so is one that its own windows make likely.
 */
export const labelDrift: Written<object> = {
  name: 'label_drift',
  question: 'Do the labels come in the same shares as before?',
  unit: 'relative change of the rate of a label (0.2 is a fifth more), >= -1',
  category: 'performance',
  action: 'Find out whether the world changed or the labelling did; then recalibrate or retrain.',
  over: 'label',
  needs: ['outcomes', 'labels', 'reference'],
  worse: 'either',
  kind: 'statistical',
  params: z.strictObject({}),
  defaults: { warn: 0.2, alert: 0.5, minRows: 100, rule: 'calibrated' },
  significant: (given, level) =>
    ((given.low ?? 0) > 0 || (given.high ?? 0) < 0) &&
    (given.pValue ?? 1) < (level === 'warn' ? 0.01 : 1e-6),
  urgent: movedRules.urgent,
  measure(evidence) {
    const { current, reference } = evidence;
    const now = labelsOf(current.outcomes);
    const nCurrent = now === null ? 0 : sum(now);
    const early = immature(evidence, nCurrent);
    if (early !== null) return early;
    if ([...(current.outcomes?.by['label'] ?? [])].includes('known')) {
      return noReading('not_applicable', 'the labels are numbers; look at errors and means');
    }
    const unread = unreadLabels(current);
    if (unread !== null) return noReading('label_fault', unread, { nCurrent });
    if (now === null) return noReading('insufficient_data', 'no labels were joined');
    const before = labelsOf(reference?.outcomes ?? null);
    if (before === null) {
      return noReading('no_reference', 'the reference has no labels', { nCurrent });
    }
    return measured(evidence, now, before);
  },
  say({ value, low, high, pValue, nCurrent, details }) {
    const { label, current, before, history, why } = details;
    const chance = pValue === null ? '' : `, ${pInWords(pValue, Number(history))}`;
    const range = `[${percent(low ?? NaN)}, ${percent(high ?? NaN)}]`;
    const change = `${percent(Number(before))} → ${percent(Number(current))}`;
    const rows = `${figure(nCurrent)} labelled rows`;
    return `Label ${String(label)}: ${change}, a change by ${percent(value ?? 0)} ${range}${chance}, on ${rows}; ${String(why)}.`;
  },
};
