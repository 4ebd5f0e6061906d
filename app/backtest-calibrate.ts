import { evaluateChecks } from '../checks/evaluate.js';
import { calibrationEvidence, calibrationParts } from '../domain/backtesting/calibrate.js';
import { chooseFloor, FEW_WINDOWS, FLOORS, SHORT_HISTORY } from '../domain/backtesting/floor.js';
import { hasLimits, withThreshold } from '../domain/backtesting/thresholds.js';
import type { Ground, Trial } from '../domain/backtesting/trial.js';
import { isJudged } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';
import { judgeOne, trial } from './backtest-judge.js';
import type { History } from './backtest-history.js';
import { whyUnjudged } from './backtest-replayed.js';

/** What calibration says of one check. */
export type Calibration =
  | {
      check: string;
      /** Windows of the reference, or the replayed ones. */
      of: 'reference' | 'live';
      floor: number;
      tried: readonly (Trial & { floor: number })[];
      /** Fewer than 30 windows. */
      short: boolean;
    }
  /** Absent `why`: windows that there are; else those of the later half that were judged. */
  | { check: string; needs: number; there: number; why?: string };

/** Windows of the later half that have to be judged. */
const FEW_JUDGED = FEW_WINDOWS / 2;

/** Checks with a floor of the effect. */
const FLOORED = ['psi', 'prediction_drift'];

/**
 * Runs the detector over the second half of the usual windows and of their parts, with the first
 * half as what is usual, and takes the smallest floor without an episode; none where too few
 * windows could be judged.
 */
export function calibrate(input: {
  monitor: Monitor;
  history: History;
  ground: Ground;
}): Calibration[] {
  const { monitor, history, ground } = input;
  const { standing, windows, parts } = history;
  const of = standing.periods.length >= FEW_WINDOWS ? 'reference' : 'live';
  const all = of === 'reference' ? standing.periods : windows.map(({ profile }) => profile);
  const usual = all.filter(({ rows }) => rows >= Math.max(1, monitor.windows.minRows));
  const specs = monitor.checks.filter(({ check }) => FLOORED.includes(check));
  const names = [...new Set(specs.filter(hasLimits).map((spec) => spec.name ?? spec.check))];
  if (usual.length < FEW_WINDOWS) {
    const known = { needs: FEW_WINDOWS, there: usual.length };
    return names.map((check) => ({ check, ...known }));
  }
  const only = { ...monitor, checks: specs };
  const past = calibrationEvidence(standing.grid, usual);
  const slices = calibrationParts(past, parts);
  const measured = past.map((evidence, place) => {
    const seen = { evidence, slices: slices[place] ?? [], shown: [] };
    const frame = { inputs: '', run: '', window: evidence.current.window, revision: 0 };
    return evaluateChecks({ monitor: only, ...seen, ...frame }).filter(isJudged);
  });
  return names.map((check) => {
    const tried = FLOORS.map((floor) => {
      const other = withThreshold(only, { check, value: floor }, 'higher');
      return {
        floor,
        ...trial(
          measured.map((list) => judgeOne(other, list, check)),
          ground,
        ),
      };
    });
    const judged = tried[0]?.windows ?? 0;
    if (judged < FEW_JUDGED) {
      const own = measured.flat().filter((finding) => finding.check === check);
      const why = whyUnjudged(own) ?? 'the check is not due in the others';
      return { check, needs: FEW_JUDGED, there: judged, why };
    }
    const { floor } = chooseFloor(tried);
    return { check, of, floor, tried, short: usual.length < SHORT_HISTORY };
  });
}
