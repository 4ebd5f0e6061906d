import { controls, plain, scoresOf, SETUP } from './fraud.js';
import type { Setting } from './fraud.js';
import { share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';
import { fires, looks, runsOf } from './firing.js';

function uncovered(size: Size): Setting[] {
  const loop = { ...plain, row: 'loop', deterred: null, must: { 1: { least: 0.99 } } };
  const some = [loop, { ...loop, row: 'loop (again)' }, ...controls(10, 0.02)];
  if (size === 'quick') return some;
  return [
    ...some,
    { ...loop, row: 'loop, base 0.5 %', base: 0.005 },
    { ...loop, row: 'loop, base 10 %', base: 0.1 },
    { ...loop, row: 'loop, 2,000 rows a round', n: 2000 },
  ];
}

function hidden(size: Size): Setting[] {
  const by = { 1: null, 2: null, 3: { least: 0.95 } };
  const loop = { ...plain, row: 'loop', deterred: null, rounds: 3, must: by };
  const others = controls(10, 0.02);
  if (size === 'quick') return [loop, ...others.slice(-1)];
  const some = [loop, ...others];
  const told = { ...loop, must: { 1: null, 2: null, 3: null } };
  return [
    ...some,
    { ...loop, row: 'loop (again)' },
    { ...told, row: 'loop, nine of ten frauds acted on recorded as none', deterred: 0.9 },
    { ...told, row: 'loop, 1 % held out', held: 0.01 },
    { ...told, row: 'loop, base 0.5 %', base: 0.005 },
    { ...told, row: 'loop, base 10 %', base: 0.1 },
    { ...told, row: 'loop, 2,000 rows a round', n: 2000 },
  ];
}

/** Rows acted on that never get a label. */
export const ax2: Experiment = {
  id: 'AX2',
  run: (size) => ({
    id: 'AX2',
    title: 'labels that the model removes',
    setup:
      `${SETUP}No row acted on gets a label. Fires: label_coverage, or censored_positives, at warn ` +
      'or alert in that round or before. The interval of censored_positives is that of 99 %; it ' +
      'covers where it holds the true share of the positives that acting hides, of the runs with ' +
      'five positives held out: where these are few, they are those in which chance put many there.',
    tables: [
      {
        title: 'label_coverage has fired by round …',
        figures: uncovered(size).flatMap((one) => fires('label_coverage', one, size)),
      },
      {
        title: 'censored_positives has fired by round …',
        figures: hidden(size).flatMap((one) => fires('censored_positives', one, size)),
      },
      {
        title: 'its interval covers the truth',
        figures: hidden(size)
          .filter(({ falls }) => falls === plain.falls)
          .flatMap((one) => covers(one, size)),
      },
    ],
  }),
};

/** Positives that acting hides, as a share of all that there would be. */
function truthOf(setting: Setting): number {
  let [acted, all] = [0, 0];
  for (const { weight, truth, inBand } of scoresOf(setting)) {
    all += weight * truth;
    if (inBand) acted += weight * truth * (1 - setting.held);
  }
  return ((setting.deterred ?? 1) * acted) / all;
}

function covers(setting: Setting, size: Size): Figure[] {
  const truth = truthOf(setting);
  const isBound = Object.values(setting.must).some((bound) => bound !== null);
  const must = isBound ? { least: 0.95 } : null;
  return [1, 4].flatMap((round) => {
    const count = { hits: 0, n: 0 };
    for (let run = 0; run < runsOf(size); run++) {
      const finding = [...looks('censored_positives', { ...setting, rounds: round }, run)].at(-1);
      if (finding === undefined || finding.value === null) continue;
      count.n += 1;
      const { low, high } = finding;
      if ((low ?? NaN) <= truth + 1e-12 && truth - 1e-12 <= (high ?? NaN)) count.hits += 1;
    }
    const column = round === 1 ? 'of 1 round' : `of ${String(round)} rounds`;
    return count.n === 0 ? [] : share({ row: setting.row, column, must }, count);
  });
}
