import { ARM } from '../domain/arm.js';
import type { Monitor } from '../domain/monitor.js';
import type { Arms, Evidence } from '../domain/score.js';
import { featuresOf } from './targets.js';

/** A slice by arm alone. */
export const isOfArm = ({ current }: Pick<Evidence, 'current'>): boolean => ARM in current.slice;

/** The arms of a window, of its slices; {} where the monitor names none. */
export function armsOf(
  monitor: Monitor,
  evidence: Evidence,
  slices: readonly Evidence[],
): { arms?: Arms } {
  const { arm, prediction } = monitor.columns;
  if (arm === undefined) return {};
  const of = (name: string) => slices.find(({ current }) => current.slice[ARM] === name) ?? null;
  // items that are shown are the model's answer, not what comes of it
  const isOfRow = prediction !== null && prediction.kind !== 'ranking';
  return {
    arms: {
      ...{ holdout: of('holdout'), treated: of('treated') },
      features: featuresOf(monitor, evidence),
      prediction: isOfRow ? prediction.column : null,
    },
  };
}
