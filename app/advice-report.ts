import type { Advice, TrainOn } from '../domain/advice.js';
import { iso } from '../domain/window.js';

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
