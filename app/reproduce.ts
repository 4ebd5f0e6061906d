import { publishedOf, type Measuring } from '../activities/deps.js';
import { evaluate } from '../activities/evaluate.js';
import { readAgainOf } from '../activities/evaluate-again.js';
import type { Older } from '../activities/evaluate-older.js';
import { runName } from '../activities/marks.js';
import { withScratch } from '../activities/scratch.js';
import { parseInstant } from '../calendar/durations.js';
import type { Finding } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';
import { unlikeFindings, type Unlike } from '../domain/reproducing.js';
import type { Commit } from '../domain/run.js';
import { iso, type Instant } from '../domain/window.js';
import { lakeAsOf } from '../lake/as-of.js';
import { measuringOf, type App } from './app.js';
import { UsageError } from './errors.js';
import { changesBeside, limitsOf, pinOf } from './reproduce-beside.js';

/** A run and what became of it when it was done once more. */
export interface Reproduced {
  monitor: Monitor;
  commit: Commit;
  /** Rows of the window now; null: it could not be evaluated. */
  rows: number | null;
  then: readonly Finding[];
  unlike: readonly Unlike[];
  /** What is not as it was, in sentences; [] when nothing is. */
  changes: readonly string[];
  /** What is asked anew and may answer otherwise, in sentences. */
  limits: readonly string[];
  /** Why it could not be evaluated now, as it could then; null: it could. */
  error: string | null;
}

/**
 * Evaluates the window of a run once more: by the monitor, against the reference and on the rows of
 * then, with the earlier windows and the accepted levels that were there. Writes nothing to the
 * lake. UsageError for a run that there is not; SourceError when its rows cannot be read any more.
 */
export async function reproduce(app: App, model: string, run: string): Promise<Reproduced> {
  const commit = await commitNamed(app, model, run);
  const { monitor } = await publishedOf(app, commit.monitor);
  const stored = await app.lake.readEvaluation(commit.file, 'light');
  const older = { commit, evaluation: stored };
  const deps = await measuringOf(app);
  const { found, changes } = await evaluateAgain(deps, { monitor, older });
  const { evaluation } = found;
  return {
    ...{ monitor, commit, then: stored.findings },
    rows: evaluation.profile?.rows ?? null,
    unlike: unlikeFindings(stored.findings, evaluation.findings),
    changes: [...changes, ...(await changesBeside(deps, { monitor, commit }))],
    limits: limitsOf(monitor),
    error: commit.error === null ? evaluation.error : null,
  };
}

async function evaluateAgain(
  deps: Measuring,
  { monitor, older }: { monitor: Monitor; older: Older },
) {
  const { commit } = older;
  const { window, revision, at, knownAt, committedAt } = commit;
  const pin = await pinOf(deps.lake, monitor, commit);
  return withScratch(deps, async (db, folder) => {
    const then = { ...deps, lake: lakeAsOf(deps.lake, committedAt, folder) };
    const { again, changes } = await readAgainOf(then, { monitor, older });
    const found = await evaluate(then, db, {
      ...{ monitor, fingerprint: commit.monitor, head: { reference: pin } },
      due: { window, revision, at, knownAt },
      ...{ exact: 'grid', landDir: folder, watched: true, again },
    });
    return { found, changes };
  });
}

const SHAPE = /^(.+)@([^@/]+)\/([1-9]\d{0,8})$/;
const KNOWN = 5;

async function commitNamed({ lake }: App, model: string, run: string): Promise<Commit> {
  const [, id = '', ending = '', revision = ''] = SHAPE.exec(run) ?? [];
  if (id === '') {
    const example = `${model}@2026-11-22T00:00:00Z/1`;
    throw new UsageError(`--reproduce: expected a run as ${example}, got "${run}".`);
  }
  if (id !== model) throw new UsageError(`--reproduce: ${run} is no run of "${model}".`);
  const commit = await lake.commitOf(model, instantOf(ending), Number(revision));
  if (commit === null) {
    const known = (await lake.newest(model, KNOWN)).map(({ window, revision: n }) =>
      runName(model, window.end, n),
    );
    const list = known.length === 0 ? ' There is none.' : ` The newest:\n ${known.join('\n ')}`;
    throw new UsageError(`--reproduce: no run "${run}".${list}`);
  }
  if (commit.notEvaluated === null) return commit;
  throw new UsageError(
    `--reproduce: the window that ends at ${iso(commit.window.end)} was never evaluated: ` +
      `${commit.notEvaluated}.`,
  );
}

function instantOf(text: string): Instant {
  try {
    return parseInstant(text, 'UTC');
  } catch (error) {
    throw new UsageError(`--reproduce: ${error instanceof Error ? error.message : String(error)}`);
  }
}
