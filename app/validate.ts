import { mkdir } from 'node:fs/promises';
import { inOrder, problemText, type Problem } from '../config/problem.js';
import type { Duck } from '../lake/duck.js';
import { faultOfExpression } from '../lake/expressions.js';
import { withLocked } from '../lake/lockdown.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import { planNotes } from './plan-notes.js';
import { loadAll, type LoadedModel } from './load.js';
import { scratchFolder } from './settings.js';
import { columnProblems } from './validate-columns.js';
import { valueProblems } from './validate-values.js';
import { expressionsOf } from './validate-expressions.js';

/** How closely the sources of monitors are looked at. */
export type Depth = 'expressions' | 'expressions and columns';

/**
 * What is wrong with monitors that only an engine or the files themselves can tell: `where` and
 * `segments.by` that are no SQL expression, columns that no file has, and values that are not what
 * they are taken for. Files that are not there
 * or cannot be read are no fault here. Reads footers, heads and first lines; runs no expression.
 */
async function sourceProblems(
  app: App,
  models: readonly LoadedModel[],
  depth: Depth,
): Promise<Problem[]> {
  const hasExpression = models.some((model) => expressionsOf(model).length > 0);
  const expressions = hasExpression
    ? await withLocked(await optionsOf(app), [], (db) => expressionProblems(db, models))
    : [];
  const columns = depth === 'expressions' ? [] : await columnProblems(await optionsOf(app), models);
  const values = depth === 'expressions' ? [] : await valueProblems(await optionsOf(app), models);
  return inOrder([...expressions, ...columns, ...values]);
}

/** All that is wrong with the files of configuration, and how many monitors are right. */
export async function validateAll(
  app: App,
): Promise<{ problems: readonly Problem[]; lines: readonly string[]; valid: number }> {
  const { models, problems: ofFiles } = await loadAll(app, 'all problems');
  const ofSources = await sourceProblems(app, models, 'expressions and columns');
  const problems = inOrder([...ofFiles, ...ofSources]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const faulty = new Set(errors.map(({ file }) => file));
  const valid = models.filter(({ file }) => !faulty.has(file)).length;
  return { problems, lines: problems.map(problemText), valid };
}

/** As `sourceProblems`; UsageError with all of them when there is one. */
export async function refuseSourceProblems(
  app: App,
  models: readonly LoadedModel[],
  depth: Depth,
): Promise<void> {
  const problems = await sourceProblems(app, models, depth);
  if (problems.length === 0) return;
  throw new UsageError(`the configuration is not valid:\n${problems.map(problemText).join('\n')}`);
}

/** Model → what a plan says of the columns of its files; none where all are watched. */
export async function notesOnColumns(
  app: App,
  models: readonly LoadedModel[],
): Promise<ReadonlyMap<string, string>> {
  return planNotes(await optionsOf(app), models);
}

async function optionsOf({ settings }: App) {
  const tempDirectory = scratchFolder(settings);
  await mkdir(tempDirectory, { recursive: true });
  return { threads: settings.threads, memoryLimitMb: settings.memoryLimitMb, tempDirectory };
}

async function expressionProblems(db: Duck, models: readonly LoadedModel[]): Promise<Problem[]> {
  const said = new Map<string, string | null>();
  const problems: Problem[] = [];
  for (const model of models) {
    for (const { path, text } of expressionsOf(model)) {
      const fault = said.get(text) ?? (await faultOfExpression(db, text));
      said.set(text, fault);
      if (fault === null) continue;
      const message = `expected an SQL expression over a row, got ${JSON.stringify(text)}: ${fault}`;
      problems.push(model.problemAt(path, message));
    }
  }
  return problems;
}
