import { advise } from '../../domain/advising/rules.js';
import type { Finding } from '../../domain/finding.js';
import { troubleWords } from '../../domain/naming.js';
import { controls, plain, SETUP } from './fraud.js';
import type { Setting } from './fraud.js';
import { share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';
import { fires, looks } from './firing.js';

function settings(size: Size): Setting[] {
  const by = { 1: null, 3: null, 10: null };
  const loop = { ...plain, row: 'loop, frauds recorded as none', must: by };
  const [none, falling, missing, leaving] = controls(10, 0.05);
  const told = [falling, leaving].flatMap((one) =>
    one === undefined ? [] : [{ ...one, must: { ...by, 10: { least: 0.95 } } }],
  );
  const still = [none, missing].flatMap((one) => one ?? []);
  if (size === 'quick') return [loop, ...told.slice(0, 1), ...still.slice(0, 1)];
  return [
    loop,
    { ...loop, row: 'loop, labels missing', deterred: null },
    { ...loop, row: 'loop, base 10 %', base: 0.1 },
    ...[...told, ...still],
  ];
}

/** A positive rate that falls, by a loop or for other reasons. */
export const ax4: Experiment = {
  id: 'AX4',
  run: (size) => ({
    id: 'AX4',
    title: 'a positive rate that falls says nothing of a loop',
    setup:
      `${SETUP}The reference is a round whose labels acting does not touch. Fires: positive_rate at ` +
      'warn or alert in that round or before, in a loop and where the world changes alike. So it ' +
      'must not be told as one: shares of the runs in which anything that people read of the last ' +
      'round, its advice among it, says "loop" or "caused".',
    tables: [
      {
        title: 'positive_rate has fired by round …',
        figures: settings(size).flatMap((one) => fires('positive_rate', one, size)),
      },
      {
        title: 'and is told as a loop',
        figures: settings(size).map((one) => told(one, size)),
      },
    ],
  }),
};

function told(setting: Setting, size: Size): Figure {
  const runs = size === 'quick' ? 3 : 50;
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const finding = [...looks('positive_rate', setting, run)].at(-1);
    if (finding !== undefined && /loop|caus/i.test(wordsOf(finding))) hits += 1;
  }
  return share({ row: setting.row, column: 'runs', must: { most: 0 } }, { hits, n: runs });
}

/** What people read of a finding that stands alone. */
function wordsOf(finding: Finding): string {
  const { sentence, rule, category, test = '', window } = finding;
  const advice = advise({
    ...{ model: 'fraud', at: window.end, window: window.end, findings: [finding] },
    ...{ mature: [[finding]], policy: null, retrain: null, importances: {} },
  });
  return [sentence, rule, category, test, troubleWords(finding), JSON.stringify(advice)].join(' ');
}
