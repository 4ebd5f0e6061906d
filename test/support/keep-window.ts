import { modelHead } from '../../activities/deps.js';
import { commitEvaluation } from '../../activities/commit.js';
import { evaluate } from '../../activities/evaluate.js';
import { withScratch } from '../../activities/scratch.js';
import { measuringOf, type App } from '../../app/app.js';
import type { LoadedModel } from '../../app/load.js';
import type { ModelHead } from '../../domain/model.js';
import type { Evaluation } from '../../domain/run.js';
import { DAY } from './lake.js';

/** Judges and commits the window of `length` that ends at `end`, as known at `knownAt`. */
export async function keepWindow(
  app: App,
  { published: { monitor } }: LoadedModel,
  end: number,
  { length = DAY, knownAt = end }: { length?: number; knownAt?: number } = {},
): Promise<Evaluation> {
  const deps = await measuringOf(app);
  const head = await app.lake.readHead<ModelHead>(modelHead(monitor.model.id));
  const start = end - length;
  const window = { start, end, weekday: new Date(start).getUTCDay() || 7 };
  return withScratch(deps, async (db, folder) => {
    const { evaluation, mature, profileFile } = await evaluate(deps, db, {
      ...{ monitor, fingerprint: 'm', head, exact: 'grid', landDir: folder },
      due: { window, revision: 1, at: end, knownAt },
    });
    const rest = { mature, profileFile, notEvaluated: null, attempt: `kept${end}` };
    await commitEvaluation(deps, db, { evaluation, ...rest });
    return evaluation;
  });
}
