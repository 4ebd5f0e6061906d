import { checkNamed } from '../../checks/index.js';
import type { Outcomes, Profile } from '../../domain/profile.js';
import { evidenceOf } from '../checks/evidence.js';
import { chanceOf } from './chance.js';
import { controls, drawn, plain, profileOf, scoresOf, SETUP } from './fraud.js';
import type { Setting } from './fraud.js';
import { plain as number, share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';

const METRICS = ['roc_auc', 'average_precision', 'precision', 'recall'] as const;
type Metric = (typeof METRICS)[number];

/** Rows of a window, as four rounds. */
const ROWS = 80_000;

function settings(size: Size): Setting[] {
  const loop = { ...plain, n: ROWS, row: 'loop, frauds recorded as none', must: {} };
  const [none, , missing, leaving] = controls(1, 0).map((one) => ({ ...one, n: ROWS, must: {} }));
  if (size === 'quick') return [loop];
  const rest = [none, missing, leaving].flatMap((one) => (one === undefined ? [] : [one]));
  return [loop, { ...loop, row: 'loop, labels missing', deterred: null }, ...rest];
}

/** Metrics of labels that acting changed, and corrected by the rows held out. */
export const ax8: Experiment = {
  id: 'AX8',
  run: (size) => {
    const measured = settings(size).map((one) => ({ row: one.row, figures: figuresOf(one, size) }));
    return {
      id: 'AX8',
      title: 'metrics corrected by the rows held out',
      setup:
        `${SETUP}Here ${ROWS.toLocaleString('en-GB')} rows at once. Truth: the metric if nobody ` +
        'acted, of the distribution that rows are drawn from. Observed: of the labels that there ' +
        'are; corrected: what the finding says beside it. Means of the runs, the standard ' +
        'deviation of the corrected one between them, and the mean standard error that it tells.',
      tables: [
        {
          title: 'corrected within three standard errors of the truth',
          figures: measured.flatMap(({ figures }) => figures.hits),
        },
        {
          title: 'observed within three of its own',
          figures: measured.flatMap(({ figures }) => figures.naive),
        },
        {
          title: 'without a holdout the finding says "un-acted slice only"',
          figures: settings(size)
            .filter(({ deterred }) => deterred !== 0)
            .map(flagged),
        },
        ...measured.map(({ row, figures }) => ({ title: row, figures: figures.means })),
      ],
    };
  },
};

interface Draw {
  observed: number;
  error: number;
  corrected: number;
  standardError: number;
}

function figuresOf(setting: Setting, size: Size) {
  const runs = size === 'quick' ? 10 : 200;
  const [world, round] = [scoresOf(setting), 2];
  const outcomes = Array.from({ length: runs }, (_, run) => {
    const chance = chanceOf(`AX8/${setting.row}/${String(run)}`);
    return drawn(chance, setting, { world, round });
  });
  const truth = wholeTruth(setting, round);
  const all = METRICS.map((metric) => {
    const draws = outcomes.map((current) => drawOf(metric, current));
    return { metric, draws, real: valueOf(metric, truth) };
  });
  const isLoop = setting.deterred !== 0;
  const near = (
    one: (typeof all)[number],
    of: (draw: Draw) => readonly [number, number],
  ): { hits: number; n: number } => ({
    hits: one.draws.map(of).filter(([a, se]) => Math.abs(a - one.real) <= 3 * se).length,
    n: runs,
  });
  const cell = (column: string) => ({ row: setting.row, column });
  return {
    hits: all.map((one) => {
      const must = { least: 0.95 };
      const count = near(one, (draw) => [draw.corrected, draw.standardError]);
      return share({ ...cell(one.metric), must }, count);
    }),
    naive: all.map((one) => {
      const isFar = isLoop && one.metric === 'recall';
      const count = near(one, (draw) => [draw.observed, draw.error]);
      return share({ ...cell(one.metric), must: isFar ? { most: 0 } : null }, count);
    }),
    means: all.flatMap(meansOf),
  };
}

function meansOf({
  metric,
  draws,
  real,
}: {
  metric: Metric;
  draws: Draw[];
  real: number;
}): Figure[] {
  const mean = (of: (draw: Draw) => number) => draws.reduce((s, d) => s + of(d), 0) / draws.length;
  const middle = mean(({ corrected }) => corrected);
  const sd = Math.sqrt(mean(({ corrected }) => (corrected - middle) ** 2));
  const columns = {
    truth: real,
    observed: mean(({ observed }) => observed),
    corrected: middle,
    'sd of corrected': sd,
    'its standard error': mean(({ standardError }) => standardError),
  };
  return Object.entries(columns).map(([column, value]) => number({ row: metric, column }, value));
}

/** The outcomes of a million rows of which each is as the distribution has it, and none acted on. */
function wholeTruth(setting: Setting, round: number): Outcomes {
  const fallen = setting.falls(round);
  const rows = scoresOf(setting).flatMap(({ score, weight, truth, inBand }) => {
    const rate = truth * fallen.all * (inBand ? fallen.band : 1);
    const decision = inBand ? ('missed' as const) : ('free' as const);
    return [
      { score, decision, label: '1' as const, n: 1e6 * weight * rate },
      { score, decision, label: '0' as const, n: 1e6 * weight * (1 - rate) },
    ];
  });
  const { outcomes } = profileOf(rows, { n: 1e6, round });
  if (outcomes === null) throw new Error('expected outcomes');
  return outcomes;
}

const readingOf = (metric: Metric, current: Profile) => {
  const check = checkNamed(metric);
  const own = { threshold: null, average: null };
  const params = { ...check.defaults, ...own };
  return check.measure({ ...evidenceOf({}, {}), current }, metric, params);
};

function valueOf(metric: Metric, outcomes: Outcomes): number {
  return readingOf(metric, { ...evidenceOf({}, {}).current, outcomes }).value ?? NaN;
}

function drawOf(metric: Metric, current: Profile): Draw {
  const { value, low, high, details } = readingOf(metric, current);
  const corrected = details['corrected'] as { value: number; standardError: number } | undefined;
  return {
    observed: value ?? NaN,
    error: ((high ?? NaN) - (low ?? NaN)) / 2 / 1.96,
    corrected: corrected?.value ?? NaN,
    standardError: corrected?.standardError ?? NaN,
  };
}

function flagged(setting: Setting): Figure {
  const n = 5;
  let hits = 0;
  for (let run = 0; run < n; run++) {
    const chance = chanceOf(`AX8/${setting.row}/none held out/${String(run)}`);
    const current = drawn(chance, { ...setting, held: 0 }, { world: scoresOf(setting), round: 0 });
    const said = checkNamed('recall').say(readingOf('recall', current), 'recall');
    if (said.includes('un-acted slice only')) hits += 1;
  }
  return share({ row: setting.row, column: 'says so', must: { least: 1 } }, { hits, n });
}
