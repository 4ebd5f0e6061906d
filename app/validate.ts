import { mkdir } from 'node:fs/promises';
import { inOrder, problemText, type Problem } from '../config/problem.js';
import type { Duck } from '../lake/duck.js';
import { faultOfExpression } from '../lake/expressions.js';
import { withLocked } from '../lake/lockdown.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import { loadAll, type LoadedModel } from './load.js';
import { scratchFolder } from './settings.js';
import { worldOf } from './sources.js';
import { columnProblems } from './validate-columns.js';
import { expressionsOf } from './validate-expressions.js';

/** How closely the sources of monitors are looked at. */
export type Depth = 'expressions' | 'expressions and columns';

/**
 * What is wrong with monitors that only an engine or the files themselves can tell: `where` and
 * `segments.by` that are no SQL expression, and columns that no file has. Files that are not there
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
  const place = { options: await optionsOf(app), world: worldOf(app) };
  const columns = depth === 'expressions' ? [] : await columnProblems(place, models);
  return inOrder([...expressions, ...columns]);
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
