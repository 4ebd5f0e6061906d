import path from 'node:path';
import { didYouMean } from '../checks/spelling.js';
import { explainMonitor } from '../config/explain.js';
import { loadConfig, type DraftMonitor } from '../config/load.js';
import { problemText, type Problem } from '../config/problem.js';
import { allAlertRules, retrainRules } from '../config/routes.js';
import { monitorJsonSchema } from '../config/schema.js';
import type { Published } from '../domain/published.js';
import type { Monitor } from '../domain/monitor.js';
import type { Teams } from '../domain/team.js';
import type { App } from './app.js';
import { FaultsError, firstFew, UsageError } from './errors.js';

/** A monitor file, resolved with its routes: what apply publishes. */
export interface LoadedModel {
  id: string;
  /** Path of its file, for people. */
  file: string;
  /** What the file itself says, as plain values: the rest are defaults. */
  given: unknown;
  /** A fault at a path of its file. */
  problemAt: (path: readonly PropertyKey[], message: string) => Problem;
  published: Published;
}

/** The whole folder of configuration. */
export interface Loaded {
  models: readonly LoadedModel[];
  /** Every file, as far as it is right. */
  drafts: readonly DraftMonitor[];
  teams: Teams | null;
  problems: readonly Problem[];
  /** The problems as lines for people. */
  lines: readonly string[];
}

/**
 * Reads the monitors and teams.yaml. `no errors`: UsageError with all of them at once when there
 * is one; `no errors, or no monitor`: a folder without a monitor is none; `all problems`: whoever
 * asked prints them.
 */
export async function loadAll(
  app: App,
  want: 'no errors' | 'no errors, or no monitor' | 'all problems',
): Promise<Loaded> {
  const empty = want === 'no errors, or no monitor' ? 'valid' : 'fault';
  const { monitors, drafts, teams, problems } = await loadConfig(app.settings.configDir, { empty });
  if (want !== 'all problems' && problems.some(({ severity }) => severity === 'error')) {
    throw refusal(problems);
  }
  const models = monitors.map(({ monitor, file, given, problemAt }) => ({
    id: monitor.model.id,
    file,
    given,
    problemAt,
    published: publishedOf(monitor, teams),
  }));
  return { models, drafts, teams, problems, lines: problems.map(problemText) };
}

/** What every monitor of a folder rests on. */
const SHARED: ReadonlySet<string> = new Set(['teams.yaml', '_defaults.yaml']);
const MOST_LINES = 20;

/** The refusal of files with faults: the first ones, and how many more there are. */
export function refusal(problems: readonly Problem[]): FaultsError {
  const lines = problems.slice(0, MOST_LINES).map(problemText);
  const rest = problems.length - lines.length;
  const more = rest === 0 ? [] : [`… and ${rest} more; "aftercare validate" tells all.`];
  return new FaultsError('the configuration is not valid', [...lines, ...more]);
}

function publishedOf(monitor: Monitor, teams: Teams | null): Published {
  const none = { people: {}, teams: {}, webhooks: {}, root: '' };
  const all = teams ?? none;
  return {
    monitor,
    alerts: allAlertRules(monitor, all),
    retraining: monitor.retraining === null ? null : retrainRules(monitor, all),
  };
}

const OTHERS_BROKEN =
  'Note: another monitor file is not valid; "aftercare validate" tells all. The first fault:';

/**
 * One model by its id. What is wrong with the files of other models keeps nobody from this one:
 * `note` hears of it. UsageError for an error in its own file or in one that all share, and for an
 * id that no file has, naming what there is.
 */
export async function loadModel(
  app: App,
  id: string,
  note: (text: string) => void = () => undefined,
): Promise<LoadedModel> {
  const { models, problems } = await loadAll(app, 'all problems');
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [found, twin] = models.filter((model) => model.id === id);
  const isOther = ({ file }: Problem): boolean =>
    file !== found?.file && !SHARED.has(path.basename(file));
  const isSound = found !== undefined && twin === undefined && errors.every(isOther);
  if (!isSound && errors.length > 0) throw refusal(problems);
  if (errors[0] !== undefined) note(`${OTHERS_BROKEN} ${problemText(errors[0])}`);
  if (found !== undefined) return found;
  const known = models.map((model) => model.id);
  throw new UsageError(
    `No monitor for model "${id}" in ${app.settings.configDir}.${didYouMean(id, known)} ` +
      (known.length === 0 ? 'There is none.' : `Known: ${firstFew(known)}.`),
  );
}

/**
 * All models whose own files are right, and the lines of what is wrong with the others. UsageError
 * for an error in a file that all share, and for a folder without a monitor.
 */
export async function loadSound(
  app: App,
): Promise<{ models: readonly LoadedModel[]; faults: readonly string[] }> {
  const { models, problems } = await loadAll(app, 'all problems');
  const errors = problems.filter(({ severity }) => severity === 'error');
  const isShared = errors.some(({ file }) => SHARED.has(path.basename(file)));
  if (isShared || models.length === 0) throw refusal(problems);
  const faulty = new Set(errors.map(({ file }) => file));
  const ids = models.map(({ id }) => id);
  const sound = models.filter(({ id, file }) => {
    return !faulty.has(file) && ids.indexOf(id) === ids.lastIndexOf(id);
  });
  return { models: sound, faults: errors.map(problemText) };
}

/**
 * The models that one of the terms names: an id, `tag:x` or `owner:y` (as the monitor says it, with
 * or without `team:`); no terms: all. UsageError for a term that names none.
 */
export function selectModels(
  models: readonly LoadedModel[],
  terms: readonly string[],
): readonly LoadedModel[] {
  if (terms.length === 0) return models;
  const none = terms.find((term) => !models.some((model) => isNamed(model, term)));
  if (none === undefined) {
    return models.filter((model) => terms.some((term) => isNamed(model, term)));
  }
  const known = models.map(({ id }) => id);
  throw new UsageError(
    `--select ${none} names no monitor.${didYouMean(none, known)} ` +
      (known.length === 0
        ? 'There is none.'
        : `Expected an id (${firstFew(known)}), tag:x or owner:y.`),
  );
}

function isNamed({ id, published }: LoadedModel, term: string): boolean {
  const { tags, owners } = published.monitor.model;
  if (term.startsWith('tag:')) return tags.includes(term.slice(4));
  if (!term.startsWith('owner:')) return id === term;
  const owner = term.slice(6);
  return Object.values(owners).some((one) => one === owner || one === `team:${owner}`);
}

/** UsageError for a model whose windows have no time: they never fall due. */
export function refuseNumbered(models: readonly LoadedModel[]): void {
  const found = models.find(({ published }) => published.monitor.windows.rows !== undefined);
  if (found === undefined) return;
  throw new UsageError(
    `${found.file}: windows.rows have no time, so that no Schedule can ring for "${found.id}". ` +
      'They are for check, compare and backtest; leave the model out with --select, or cut by ' +
      'windows.size.',
  );
}

/** Every value in force for a model, with the defaults. */
export function explainModel(model: LoadedModel): string[] {
  return [
    `${model.id} (${model.file})`,
    ...explainMonitor({ monitor: model.published.monitor, given: model.given }),
  ];
}

/** The JSON Schema of a monitor file, for editors. */
export function monitorSchema(): unknown {
  return monitorJsonSchema();
}
