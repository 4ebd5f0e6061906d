import { controls, plain, SETUP } from './fraud.js';
import type { Setting } from './fraud.js';
import type { Experiment, Size } from './figures.js';
import { fires } from './firing.js';

/** The loop, after so many windows in which nothing was wrong. */
function begunLater(size: Size): Setting[] {
  const late = { ...plain, begins: 16, rounds: 30 };
  const by = { 15: null, 17: null, 18: { least: 0.95 }, 30: null };
  const some = [{ ...late, row: 'loop, from round 16 on', must: by }];
  if (size === 'quick') return some;
  const later = { ...plain, begins: 61, rounds: 75, row: 'loop, from round 61 on' };
  return [...some, { ...later, must: { 60: null, 61: null, 62: null, 63: null, 75: null } }];
}

function suppressed(size: Size): Setting[] {
  const loop = { ...plain, row: 'loop', must: { 1: null, 2: { least: 0.95 }, 3: null, 10: null } };
  const some = [loop, { ...loop, row: 'loop (again)' }, ...controls(10, 0.05)];
  if (size === 'quick') return some;
  const told = { ...loop, must: { 1: null, 2: null, 3: null, 10: null } };
  const none = { ...plain, deterred: 0, must: { 10: { most: 0.05 } } };
  return [
    ...some,
    { ...told, row: 'loop, base 0.5 %', base: 0.005 },
    { ...told, row: 'loop, base 10 %', base: 0.1 },
    { ...told, row: 'loop, 2,000 rows a round', n: 2000 },
    { ...told, row: 'loop, 1 % held out', held: 0.01 },
    { ...told, row: 'loop, half of the frauds recorded', deterred: 0.5 },
    { ...told, row: 'loop, over-confident scores', slope: 0.6 },
    { ...none, row: 'no loop, base 0.5 %', base: 0.005 },
    { ...none, row: 'no loop, base 10 %', base: 0.1 },
    { ...none, row: 'no loop, over-confident scores', slope: 0.6 },
    { ...none, row: 'no loop, 90 rounds', rounds: 90, must: { 10: null, 90: { most: 0.05 } } },
  ];
}

/** Fraud that acting turns into labels of none. */
export const ax1: Experiment = {
  id: 'AX1',
  run: (size) => ({
    id: 'AX1',
    title: 'labels that the model suppresses',
    setup:
      `${SETUP}Nine of ten frauds acted on are recorded as none. Fires: suppression at warn or ` +
      'alert in that round or before. Over-confident scores have logits 1 / 0.6 times too large.',
    tables: [
      {
        title: 'suppression has fired by round …',
        figures: suppressed(size).flatMap((one) => fires('suppression', one, size)),
      },
      {
        title: 'suppression of a loop that begins later has fired by round …',
        figures: begunLater(size).flatMap((one) => fires('suppression', one, size)),
      },
    ],
  }),
};
