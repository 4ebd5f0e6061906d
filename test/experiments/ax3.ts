import { controls, plain, SETUP } from './fraud.js';
import type { Setting } from './fraud.js';
import type { Experiment, Size } from './figures.js';
import { fires } from './firing.js';

function broken(size: Size): Setting[] {
  const by = { 1: { least: 0.95 }, 10: null };
  const loop = { ...plain, held: 0, row: 'loop', must: by };
  const none = { ...plain, held: 0, deterred: 0, must: { 1: null, 10: { most: 0.05 } } };
  const some = [
    loop,
    { ...loop, row: 'loop (again)' },
    ...controls(10, 0.05).map((one) => ({ ...one, held: 0, must: mustOf(one) })),
    { ...none, row: 'no loop, over-confident scores', slope: 0.6 },
  ];
  if (size === 'quick') return some;
  const told = { ...loop, must: { 1: null, 10: null } };
  return [
    ...some,
    { ...loop, row: 'loop, over-confident scores', slope: 0.6 },
    { ...told, row: 'loop, base 0.5 %', base: 0.005 },
    { ...told, row: 'loop, base 10 %', base: 0.1 },
    { ...told, row: 'loop, 5,000 rows a round', n: 5000 },
    { ...told, row: 'loop, half of the frauds recorded', deterred: 0.5 },
    { ...none, row: 'no loop (again)' },
    { ...none, row: 'no loop, base 0.5 %', base: 0.005 },
    { ...none, row: 'no loop, base 10 %', base: 0.1 },
    { ...none, row: 'no loop, 5,000 rows a round', n: 5000 },
    { ...none, row: 'no loop, 90 rounds', rounds: 90, must: { 10: null, 90: null } },
  ];
}

/** What only touches high scores looks like a loop, and has to be seen to. */
function mustOf({ falls }: Setting): Setting['must'] {
  const isBandOnly = falls(1).all === 1 && falls(1).band < 1;
  return { 1: null, 10: isBandOnly ? { least: 0.95 } : { most: 0.05 } };
}

/** Labels that stop keeping the promise of the scores where the model acts. */
export const ax3: Experiment = {
  id: 'AX3',
  run: (size) => ({
    id: 'AX3',
    title: 'calibration that breaks where the model acts',
    setup:
      `${SETUP}Here nobody is held out, and nine of ten frauds acted on are recorded as none. The ` +
      'trusted labels are those of one round that acting does not touch, with the same scores. ' +
      'Fires: calibration_break at warn in that round or before; every round is tested by itself, ' +
      'so that more of them let it fire more often by chance. Where fraud leaves the high ' +
      'scores by itself it fires as well, which is why it suspects and never confirms. ' +
      'Over-confident scores have logits 1 / 0.6 times too large.',
    tables: [
      {
        title: 'calibration_break has fired by round …',
        figures: broken(size).flatMap((one) => fires('calibration_break', one, size)),
      },
    ],
  }),
};
