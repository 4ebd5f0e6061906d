import { mkdir } from 'node:fs/promises';
import type { DraftMonitor } from '../config/load.js';
import { inOrder, problemText, type Problem } from '../config/problem.js';
import type { SourceSpec } from '../domain/monitor.js';
import { withDuck } from '../lake/duck.js';
import { withLocked } from '../lake/lockdown.js';
import { askedOf } from '../sources/locate.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import { loadAll, refusal, type Loaded, type LoadedModel } from './load.js';
import { planNotes } from './plan-notes.js';
import { scratchFolder } from './settings.js';
import { worldOf } from './sources.js';
import { columnProblems } from './validate-columns.js';
import { valueProblems } from './validate-values.js';
import { expressionsOf } from './validate-expressions.js';
import { lookerAt } from './validate-files.js';
import { joinProblems } from './validate-joins.js';
import { shapeProblems } from './validate-shape.js';
import { expressionProblems } from './validate-sql.js';
import { fileWarnings, scheduleWarnings, timeWarnings } from './validate-sources.js';

/** How closely the sources of monitors are looked at. */
export type Depth = 'expressions' | 'expressions and files';

/**
 * What is wrong with monitors that only an engine or the files themselves can tell: `where` and
 * `segments.by` that are no SQL expression, columns that no file has, values that are not what they
 * are taken for; and as warnings files that are not there or cannot be read. Reads footers, heads
 * and first lines; runs no expression on what it reads.
 */
async function sourceProblems(
  app: App,
  drafts: readonly DraftMonitor[],
  depth: Depth,
): Promise<Problem[]> {
  const options = await optionsOf(app);
  if (depth === 'expressions') {
    if (drafts.every((draft) => expressionsOf(draft).length === 0)) return [];
    return withLocked(options, [], (locked) => expressionProblems(locked, drafts, null));
  }
  return withDuck(options, async (db) => {
    const lookAt = lookerAt(db, worldOf(app));
    const problems: Problem[] = [];
    for (const draft of drafts) {
      const asked = askedOf(draft.monitor, null);
      const look = (source: SourceSpec) => lookAt(source, asked);
      problems.push(...(await shapeProblems(draft, look)));
      problems.push(...(await joinProblems(draft, look)));
      problems.push(...(await columnProblems(draft, look)));
      problems.push(...(await valueProblems(db, draft, look)));
      problems.push(...(await fileWarnings(draft, look)));
      problems.push(...timeWarnings(draft, app.clock()), ...scheduleWarnings(draft));
    }
    const ofExpressions = await withLocked(options, [], (locked) =>
      expressionProblems(locked, drafts, { db, lookAt }),
    );
    return [...problems, ...ofExpressions];
  });
}

/** All that is wrong with the files of configuration, and how many monitors are right. */
export async function validateAll(
  app: App,
): Promise<{ problems: readonly Problem[]; lines: readonly string[]; valid: number }> {
  const { models, drafts, problems: ofFiles } = await loadAll(app, 'all problems');
  const ofSources = await sourceProblems(app, drafts, 'expressions and files');
  const problems = inOrder([...ofFiles, ...ofSources]);
  const faulty = new Set(problems.filter(isError).map(({ file }) => file));
  const valid = models.filter(({ file }) => !faulty.has(file)).length;
  return { problems, lines: problems.map(problemText), valid };
}

const isError = ({ severity }: Problem): boolean => severity === 'error';

/** As `loadAll`; with an error in the files, the UsageError names those of the sources, too. */
export async function loadValid(
  app: App,
  want: 'no errors' | 'no errors, or no monitor',
): Promise<Loaded> {
  try {
    return await loadAll(app, want);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { problems } = await validateAll(app);
    throw refusal(problems);
  }
}

/** As `sourceProblems`: the lines of warnings; UsageError with all of them when one is an error. */
export async function refuseSourceProblems(
  app: App,
  models: readonly LoadedModel[],
  depth: Depth,
): Promise<readonly string[]> {
  const problems = await sourceProblems(app, models.map(draftOf), depth);
  if (problems.some(isError)) throw refusal(inOrder(problems));
  return inOrder(problems).map(problemText);
}

const OF_SQL = /\.(where|by|sql)$|\.select\./;

/**
 * Refuses SQL of a monitor as `validate` does: UsageError with all of it. A name that no file has
 * is a fault of the SQL only where nothing else is missed in the files: those may be what is wrong.
 */
export async function refuseSql(app: App, model: LoadedModel): Promise<void> {
  await refuseSourceProblems(app, [model], 'expressions');
  const problems = await sourceProblems(app, [draftOf(model)], 'expressions and files');
  const errors = problems.filter(isError);
  const isOfSql = errors.length > 0 && errors.every(({ path }) => OF_SQL.test(path));
  if (isOfSql) throw refusal(inOrder(errors));
}

/** A file that can be loaded is right in all its sections. */
function draftOf({ published, ...model }: LoadedModel): DraftMonitor {
  return { ...model, monitor: published.monitor, isRight: () => true };
}

/** Model → what a plan says of the columns of its files that nobody watches; none where all are. */
export async function notesOnColumns(
  app: App,
  models: readonly LoadedModel[],
): Promise<ReadonlyMap<string, string>> {
  return withDuck(await optionsOf(app), async (db) => {
    const lookAt = lookerAt(db, worldOf(app));
    return planNotes(models, ({ published }, source) =>
      lookAt(source, askedOf(published.monitor, null)),
    );
  });
}

async function optionsOf({ settings }: App) {
  const tempDirectory = scratchFolder(settings);
  await mkdir(tempDirectory, { recursive: true });
  return { threads: settings.threads, memoryLimitMb: settings.memoryLimitMb, tempDirectory };
}
