import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { modelId, modelIdWords } from '../config/file-schema.js';
import { problemText } from '../config/problem.js';
import { loadTeams } from '../config/teams.js';
import { refusalWords } from '../domain/refusal.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import { draftFrom } from './init-draft.js';
import { readTable, withTable } from './init-file.js';
import { monitorText, TEAMS } from './init-text.js';
import { packageRoot } from './package-root.js';

/** What a first monitor is made from. */
export interface InitInput {
  /** null: named after the file. */
  model: string | null;
  /** Production rows: a path or a pattern. */
  from: string;
  /** What the model was trained on; null: the rows themselves. */
  reference: string | null;
  /** The column of event times; null: guessed. */
  timestamp: string | null;
  /** The column of outcomes; null: guessed. */
  label: string | null;
}

/** What was guessed of a file, and the monitor that says so. */
export interface Draft {
  model: string;
  file: string;
  text: string;
  guesses: readonly { role: string; column: string | null }[];
  /** Columns without a role: what the model sees. */
  features: readonly string[];
  /** What a reader should know of it, in sentences. */
  notes: readonly string[];
  /** End of the newest window with enough rows, as `check --as-of` takes it. */
  asOf: string;
}

/**
 * Reads the columns of a data file, guesses which is the timestamp, the id, the prediction and the
 * label, and drafts the monitor. Writes nothing. UsageError for a bad id, a monitor that is there
 * already, and a file that no monitor can be made from.
 */
export async function draftMonitor(app: App, input: InitInput): Promise<Draft> {
  const { configDir } = app.settings;
  const model = nameOf(input);
  if (model === 'teams') {
    throw new UsageError('model id: expected another than "teams": teams.yaml names the owners.');
  }
  const file = join(configDir, `${model}.yaml`);
  if (existsSync(file)) throw new UsageError(`${file} is there already; nothing was written.`);
  const rows = { flag: '--from', path: input.from };
  const training = input.reference === null ? null : { flag: '--reference', path: input.reference };
  const reference = training && (await withTable(app, training, (db) => readTable(db, training)));
  const found = await withTable(app, rows, async (db) => {
    const table = await readTable(db, rows);
    return draftFrom(db, { table, reference, named: input });
  });
  const schema = relative(configDir, join(packageRoot(), 'schema/monitor.schema.json'));
  // Beside the project, or in its node_modules; from elsewhere it would be nobody's path.
  const isNear = !schema.startsWith('../../..');
  const guesses = Object.entries<string | null>({ ...found.roles }).map(([role, column]) => ({
    role,
    column,
  }));
  const { features, asOf } = found;
  const { owners, fault } = ownersIn(configDir);
  const notes = fault === null ? found.notes : [...found.notes, fault];
  const text = monitorText({
    ...found,
    model,
    owners,
    schema: isNear ? schema : null,
    from: input.from,
    reference: input.reference,
  });
  return { model, file, text, guesses, features, notes, asOf };
}

/** The first team of teams.yaml, or who else hears all; where it has a fault, a team to name. */
function ownersIn(configDir: string): { owners: string; fault: string | null } {
  const ours = 'team:my-team';
  const file = join(configDir, 'teams.yaml');
  if (!existsSync(file)) return { owners: ours, fault: null };
  const { teams, problems } = loadTeams({ file, name: file });
  if (teams !== null) {
    const [team] = Object.keys(teams.teams);
    return { owners: team === undefined ? teams.root : `team:${team}`, fault: null };
  }
  const [first] = problems.filter(({ severity }) => severity === 'error').map(problemText);
  return { owners: ours, fault: `Who owns the model is left to you: ${first ?? file}.` };
}

/** The id that was given, or one made of the file's name. */
function nameOf({ model, from }: InitInput): string {
  if (model === null) {
    const [name = ''] = basename(from).split('.');
    const made = idLike(name);
    if (made !== '') return made;
    throw new UsageError(`no model id can be made of ${from}. Example: aftercare init churn`);
  }
  if (modelId.test(model)) return model;
  const made = idLike(model);
  const hint = made === '' ? '' : ` Did you mean "${made}"?`;
  throw new UsageError(`model id: ${modelIdWords}, got ${JSON.stringify(model)}.${hint}`);
}

/** `My Model!` → `my-model`; '' when nothing of it can stay. */
function idLike(text: string): string {
  const words = text.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  return words.replaceAll(/^[._-]+|[._-]+$/g, '').slice(0, 100);
}

/** Writes the draft where nothing is yet; UsageError when the file is there. */
export async function writeMonitor(app: App, draft: Draft): Promise<string[]> {
  const { configDir } = app.settings;
  await mkdir(configDir, { recursive: true }).catch((error: unknown) => {
    const why = `${configDir}: ${refusalWords(error)}`;
    throw new UsageError(
      `${why}; expected a folder for monitor files that is there or can be made.`,
    );
  });
  const written = [draft.file];
  try {
    await writeFile(draft.file, draft.text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UsageError(`${draft.file} is there already; nothing was written.`);
  }
  const teams = join(configDir, 'teams.yaml');
  try {
    await writeFile(teams, TEAMS, { flag: 'wx' });
    written.push(teams);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return written;
}
