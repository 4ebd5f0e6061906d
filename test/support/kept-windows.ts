import path from 'node:path';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Evaluation } from '../../domain/run.js';
import { DAY, withFolder, withLakeAndDuck } from './lake.js';
import { writeRows } from './rows.js';

const START = Date.UTC(2026, 0, 1);

/** A folder for rows, and a lake that keeps the windows that were judged. */
export interface KeptWindows {
  /** Writes what a query gives; where it is. */
  parquet: (
    name: string,
    select: string,
  ) => Promise<{ kind: 'parquet'; path: string; where: string | null }>;
  /**
   * Judges and commits days from 1 January 2026 on, each beside those before it: `first` at its end,
   * `mature` a day later and `late` a week later, as its next revisions.
   */
  judging: (monitor: Monitor) => (day: number, kind: keyof typeof LOOKS) => Promise<Evaluation>;
}

const LOOKS = { first: 0, mature: DAY, late: 7 * DAY };

export function withKeptWindows(run: (kept: KeptWindows) => Promise<void>): Promise<void> {
  return withLakeAndDuck((lake, db) =>
    withFolder((folder) => {
      const deps = { lake, clock: () => START } as unknown as Deps;
      return run({
        parquet: async (name, select) => {
          const file = await writeRows(db, path.join(folder, name), select);
          return { kind: 'parquet', path: file, where: null };
        },
        judging: (monitor) => {
          let pin: ReferencePin | null = null;
          return async (day, kind) => {
            const [start, end] = [START + day * DAY, START + (day + 1) * DAY];
            const window = { start, end, weekday: new Date(start).getUTCDay() || 7 };
            const known = {
              revision: Object.keys(LOOKS).indexOf(kind) + 1,
              knownAt: end + LOOKS[kind],
            };
            const is: 'first' | 'mature' = kind === 'first' ? 'first' : 'mature';
            const due = { window, kind: is, at: end, ...known };
            const found = await evaluate(deps, db, {
              ...{ monitor, fingerprint: 'm', head: { reference: pin }, landDir: folder },
              ...{ exact: 'grid', due },
            });
            pin = found.pin;
            const { evaluation, mature, profileFile } = found;
            const rest = { mature, profileFile, notEvaluated: null };
            await commitEvaluation(deps, db, { evaluation, ...rest, attempt: `${kind}${day}` });
            return evaluation;
          };
        },
      });
    }),
  );
}
