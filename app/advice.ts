import type { Advice, TrainOn } from '../domain/advice.js';
import type { AdviceInput } from '../domain/advising/input.js';
import { advise } from '../domain/advising/rules.js';
import type { Monitor } from '../domain/monitor.js';
import { iso } from '../domain/window.js';

/** Windows that are cut by rows have no times, and so none to train on. */
export function adviceIn({ windows }: Monitor, input: AdviceInput): Advice {
  const { trainOn, ...advice } = advise(input);
  return windows.rows !== undefined || trainOn === undefined ? advice : { ...advice, trainOn };
}

/** An advice as the stable JSON has it: instants as texts. */
export function adviceReport({ action, reasons, blockers, cost, trainOn }: Advice): object {
  return {
    ...{ action, reasons, blockers },
    ...(cost && { cost: { ...cost, until: iso(cost.until) } }),
    ...(trainOn && { trainOn: trainOnReport(trainOn) }),
  };
}

function trainOnReport(trainOn: TrainOn): object {
  const exclude = trainOn.exclude.map((one) =>
    'rows' in one ? one : { ...one, from: iso(one.from), to: iso(one.to) },
  );
  const from = trainOn.from === null ? null : iso(trainOn.from);
  return { ...trainOn, from, until: iso(trainOn.until), exclude };
}
