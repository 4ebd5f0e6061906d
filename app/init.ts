import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { kindOfPath } from '../domain/monitor.js';
import { listColumns } from '../lake/schema.js';
import { withDuck } from '../lake/duck.js';
import { locate } from '../sources/locate.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import { scratchFolder } from './settings.js';

/** What was guessed of a file, and the monitor that says so. */
export interface Draft {
  file: string;
  text: string;
  guesses: readonly { role: string; column: string | null }[];
}

type Columns = readonly { name: string; type: string }[];

const TEMPORAL = /^(TIMESTAMP|DATE)/;
const NUMERIC = /^(DOUBLE|FLOAT|DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)/;

/**
 * Reads the columns of a data file, guesses which is the timestamp, the id, the prediction and the
 * label, and drafts the monitor. Writes nothing. UsageError when there is no such file.
 */
export async function draftMonitor(
  app: App,
  input: { model: string; from: string },
): Promise<Draft> {
  const kind = kindOfPath(input.from);
  if (kind === null) {
    throw new UsageError(`--from ${input.from}: expected a .parquet, .csv or .jsonl file.`);
  }
  const spec = { kind, path: input.from, where: null };
  const located = await locate(spec, { span: null, timezone: 'UTC' });
  if (located.files.length === 0) throw new UsageError(`--from ${input.from}: no such file.`);
  const { threads, memoryLimitMb } = app.settings;
  const tempDirectory = join(scratchFolder(app.settings), 'spill');
  const columns = await withDuck({ threads, memoryLimitMb, tempDirectory }, (db) =>
    listColumns(db, located),
  );
  const roles = guessRoles(Object.entries(columns).map(([name, type]) => ({ name, type })));
  const guesses = Object.entries<string | null>({ ...roles }).map(([role, column]) => ({
    role,
    column,
  }));
  const file = join(app.settings.configDir, `${input.model}.yaml`);
  return { file, text: monitorText(input, roles), guesses };
}

interface Roles {
  timestamp: string | null;
  id: string | null;
  prediction: string | null;
  label: string | null;
  version: string | null;
}

/** By type and by the names that people use. */
export function guessRoles(columns: Columns): Roles {
  const find = (pattern: RegExp, type: RegExp = /./): string | null =>
    columns.find((column) => pattern.test(column.name) && type.test(column.type))?.name ?? null;
  const anyTime = columns.find(({ type }) => TEMPORAL.test(type))?.name ?? null;
  return {
    timestamp: find(/(^|_)(ts|time|timestamp|date|at)$/i, TEMPORAL) ?? anyTime,
    id: find(/^(id|uuid|key)$/i) ?? find(/_(id|uuid|key)$/i),
    prediction: find(/(proba|probability|score|pred|prediction|y_hat|estimate)/i, NUMERIC),
    label: find(/^(label|target|y|y_true|outcome|actual|clf_target)$/i),
    version: find(/^(model_version|version)$/i),
  };
}

function monitorText(input: { model: string; from: string }, roles: Roles): string {
  const isScore = roles.prediction !== null && /(proba|prob|score)/i.test(roles.prediction);
  const document = {
    version: 1,
    model: { id: input.model, task: isScore ? 'binary' : 'none', owners: 'team:my-team' },
    windows: { size: '1d', timezone: 'UTC' },
    predictions: { from: { path: input.from } },
    columns: {
      ...(roles.id && { id: [roles.id] }),
      timestamp: roles.timestamp ?? 'event_time',
      ...(roles.version && { version: roles.version }),
      ...(isScore && { prediction: { score: roles.prediction, kind: 'probability' } }),
      // What is only known later is no input of the model.
      ...(roles.label && { features: { exclude: [roles.label] } }),
    },
    reference: { drift: { kind: 'training', path: input.from } },
  };
  return (
    '# yaml-language-server: $schema=../schema/monitor.schema.json\n' +
    '# Every value in force, defaults too: aftercare plan --explain\n' +
    stringify(document, { flowCollectionPadding: true })
  );
}

/** Writes the draft where nothing is yet; UsageError when the file is there. */
export async function writeMonitor(app: App, draft: Draft): Promise<string[]> {
  await mkdir(app.settings.configDir, { recursive: true });
  const written = [draft.file];
  try {
    await writeFile(draft.file, draft.text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UsageError(`${basename(draft.file)} is there already; nothing was written.`);
  }
  const teams = join(app.settings.configDir, 'teams.yaml');
  try {
    await writeFile(teams, TEAMS, { flag: 'wx' });
    written.push(teams);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return written;
}

const TEAMS = `# Who there is, and how they are reached.
people:
  me: { email: me@example.com }
  colleague: { email: colleague@example.com }
teams:
  my-team: { members: [me, colleague], channels: [email] }
root: team:my-team
`;
