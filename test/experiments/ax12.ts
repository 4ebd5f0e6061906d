import { firingAfter } from '../../domain/backtesting/episodes.js';
import { marksOf } from '../../activities/marks.js';
import { checkNamed } from '../../checks/index.js';
import type { Finding } from '../../domain/finding.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, evidenceOf, monitorOf, windowEnding } from '../checks/evidence.js';
import { binomial, chanceOf, normal } from './chance.js';
import type { Chance } from './chance.js';
import { share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';
import { findingsOf } from './simulate.js';

const BASE = 0.1;
const REFERENCE = 28;
const LIVE = 60;
const CHECKS = ['decay_trend', 'level_change'] as const;

interface Setting {
  row: string;
  /** Labels of a day. */
  n: number;
  /** Rise of the error rate a day. */
  slope: number;
  /** Standard deviation of the error rate between days. */
  noise: number;
  runs: number;
  must: Partial<Record<(typeof CHECKS)[number], Bound>>;
}

function settings(size: Size): Setting[] {
  const runs = size === 'quick' ? 6 : 300;
  const none = { decay_trend: { most: 0.03 }, level_change: { most: 0.08 } };
  const seen = { level_change: { least: 0.95 } };
  const at = (n: number, slope: number, must: Setting['must'], noise = 0.005): Setting => ({
    ...{ n, slope, noise, runs, must },
    row: `n = ${n.toLocaleString('en')}, ${slope === 0 ? 'nothing' : `+ ${(slope * 100).toFixed(2)} pp`}`,
  });
  const still = at(500, 0, none, 0);
  const falls = at(500, 0.0005, seen);
  if (size === 'quick') return [still, falls];
  return [
    at(100, 0, none, 0),
    still,
    { ...at(2000, 0, none, 0.01), row: 'n = 2,000, nothing, days differ by 1 pp' },
    falls,
    at(500, 0.001, seen),
    at(2000, 0.0005, seen),
    at(100, 0.002, seen),
  ];
}

/** A metric that decays, and one that does not, day after day. */
export const ax12: Experiment = {
  id: 'AX12',
  run(size) {
    return {
      id: 'AX12',
      title: 'a metric that decays',
      setup:
        'The error rate is 10 %, half of the rows are positive; n labels a day, 28 first days, then ' +
        '60 days that are watched and in which it rises by so much a day; days differ by 0.5 pp ' +
        'beside what their rows explain, and by nothing where nothing rises. Fires: a warning of ' +
        'the accuracy by the rules of the alert, two windows of three, looked at every day. The ' +
        'date: the error rate rises from 10 % by 0.05 pp a day with days that differ by 0.5 pp, ' +
        'n = 2,000, and crosses the limit 50 days after it began; at days 28 and 35 the interval of ' +
        '80 % of draws is held against that day.',
      tables: [
        { title: 'Fires within 60 days', figures: settings(size).flatMap(fires) },
        { title: 'The day of the limit is in the interval', figures: dates(size) },
      ],
    };
  },
};

/** So many wrong answers of n, positives and negatives alike. */
function dayOf(place: number, n: number, wrong: number): Profile {
  const right = (n - wrong) / 2;
  return {
    ...evidenceOf({}, {}).current,
    rows: n,
    window: windowEnding((place + 1) * DAY),
    outcomes: {
      by: { predicted: ['1', '0', '1', '0'], label: ['1', '0', '0', '1'] },
      sums: { n: Float64Array.of(right, right, wrong / 2, wrong / 2) },
    },
  };
}

function drawn(chance: Chance, { n, noise }: Pick<Setting, 'n' | 'noise'>, rate: number): number {
  return binomial(chance, n, Math.min(1, Math.max(0, rate + noise * normal(chance))));
}

function monitorOfChecks(names: readonly string[], threshold: number): Monitor {
  const asked = { name: null, against: null, targets: null, running: null, every: null };
  const specs = names.map((check): CheckSpec => {
    const { warn, alert, minRows, rule } = checkNamed(check).defaults;
    return { ...asked, check, warn, alert, minRows, rule, params: {} };
  });
  const { minRows, rule } = checkNamed('accuracy').defaults;
  const limits = { warn: null, alert: { below: threshold }, minRows, rule };
  return monitorOf({ checks: [{ ...asked, check: 'accuracy', ...limits, params: {} }, ...specs] });
}

/** The findings of a day, with all days before it mature. */
function look(monitor: Monitor, days: readonly Profile[], place: number): Finding[] {
  const before = days.slice(0, place);
  const labelled = { first: before.slice(0, REFERENCE), recent: before.slice(-90) };
  return findingsOf(monitor, {
    ...evidenceOf({}, {}),
    current: days[place] ?? dayOf(0, 0, 0),
    labelled,
  });
}

function fires(setting: Setting): Figure[] {
  const { row, n, slope, runs, must } = setting;
  const monitor = monitorOfChecks(CHECKS, 0.5);
  const hits = { decay_trend: 0, level_change: 0 };
  for (let run = 0; run < runs; run++) {
    const chance = chanceOf(`AX12/${row}/${String(run)}`);
    const days = Array.from({ length: REFERENCE + LIVE }, (_, place) => {
      const rate = BASE + slope * Math.max(0, place - REFERENCE + 1);
      return dayOf(place, n, drawn(chance, setting, rate));
    });
    const windows = days.slice(REFERENCE).map(({ window }, live) => ({
      windowEnd: window.end,
      revision: 0,
      marks: marksOf(look(monitor, days, REFERENCE + live)),
    }));
    const fired = firingAfter(windows, monitor.alerts.keepFiringFor).flatMap((set) => [...set]);
    for (const check of CHECKS) {
      if (fired.some((member) => member.startsWith(check))) hits[check] += 1;
    }
  }
  return CHECKS.map((column) =>
    share({ row, column, must: must[column] ?? null }, { hits: hits[column], n: runs }),
  );
}

/** Days since the decay began at which the date is asked for, and at which the limit is crossed. */
const ASKED = [28, 35];
const CROSSED = 50;

function dates(size: Size): Figure[] {
  const runs = size === 'quick' ? 40 : 600;
  const slope = 0.0005;
  const monitor = monitorOfChecks(['time_to_threshold'], 1 - BASE - slope * CROSSED);
  return ASKED.map((asked) => {
    const row = `day ${String(asked)}`;
    let hits = 0;
    for (let run = 0; run < runs; run++) {
      const chance = chanceOf(`AX12/date/${row}/${String(run)}`);
      const days = Array.from({ length: asked + 1 }, (_, place) => {
        return dayOf(place, 2000, drawn(chance, { n: 2000, noise: 0.005 }, BASE + slope * place));
      });
      const found = look(monitor, days, asked).find(({ check }) => check === 'time_to_threshold');
      const { low, high } = (found?.details ?? {}) as { low?: number; high?: number };
      const left = CROSSED - asked;
      if ((low ?? NaN) <= left && left <= (high ?? NaN)) hits += 1;
    }
    const cell = { row, column: '80 % of draws', must: { least: 0.7 } };
    return [
      share(cell, { hits, n: runs }),
      share({ row, column: 'the same, at most', must: { most: 0.9 } }, { hits, n: runs }),
    ];
  }).flat();
}
