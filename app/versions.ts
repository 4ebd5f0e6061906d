import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { didYouMean } from '../checks/spelling.js';
import { nearPath } from '../config/paths.js';
import { problemText, type Problem } from '../config/problem.js';
import { readVersionFile } from '../config/version-file.js';
import type { VersionText } from '../config/version-schema.js';
import { modelHead, timezoneOf } from '../activities/deps.js';
import type { ModelHead } from '../domain/model.js';
import {
  contradictions,
  type Artefact,
  type Difference,
  type ModelVersion,
  type Origin,
  type RegisteredVersion,
} from '../domain/version.js';
import { fingerprint } from '../lake/objects.js';
import type { App } from './app.js';
import { FaultsError, UsageError } from './errors.js';
import { loadModel } from './load.js';
import { recordAct } from './model-record.js';

/** Registers what a file says; see `register`. UsageError with all that is wrong in it. */
export async function registerFile(
  app: App,
  input: { model: string; file: string; by: string | null },
): Promise<{ version: RegisteredVersion; isNew: boolean }> {
  const { model, file, by } = input;
  await knownModel(app, model);
  const read = readVersionFile({ file, name: nearPath(file, process.cwd()) });
  if ('problems' in read) throw refusal(read.problems);
  const faults: Problem[] = [];
  const version = await completed(model, read.version, (path, message) => {
    faults.push(read.problemAt(path, message));
  });
  if (faults.length > 0) throw refusal(faults);
  return register(app, { version, by, origin: { kind: 'cli', ref: null } });
}

function refusal(problems: readonly Problem[]): FaultsError {
  return new FaultsError('the version is not valid', problems.map(problemText));
}

/**
 * Writes a version once. The same again changes nothing, `isNew` is false; UsageError for another
 * content under its name, with what differs.
 */
export async function register(
  app: App,
  from: { version: ModelVersion; by: string | null; origin: Origin },
): Promise<{ version: RegisteredVersion; isNew: boolean }> {
  const { version, by, origin } = from;
  const made: RegisteredVersion = { ...version, origin, by, at: app.clock() };
  const stands = await app.lake.putVersion(made);
  const wrong = contradictions(stands, made);
  if (wrong.length > 0) throw immutable(stands, wrong);
  if (by !== null) {
    const act = { action: 'register', subject: `${version.model} ${version.version}` };
    await recordAct(app, version.model, {
      ...{ ...act, by, at: stands.at, reason: null, repeat: 'once' },
    });
  }
  return { version: stands, isNew: stands === made };
}

function immutable(stands: RegisteredVersion, wrong: readonly Difference[]): UsageError {
  const lines = wrong.map(
    ({ what, before, after }) => ` ${what}: ${before ?? '–'} → ${after ?? '–'}`,
  );
  return new UsageError(
    `"${stands.version}" of ${stands.model} is registered already, and a version never changes. ` +
      `Give this one a name of its own. What differs:\n${lines.join('\n')}`,
  );
}

/** The versions of a model, oldest first. UsageError for a model that there is not. */
export async function versionsOf(app: App, model: string): Promise<RegisteredVersion[]> {
  const versions = await app.lake.versionsOf(model);
  if (versions.length === 0) await knownModel(app, model);
  return versions;
}

/** One version by its name; UsageError that names those that there are. */
export async function versionOf(app: App, model: string, name: string): Promise<RegisteredVersion> {
  const versions = await versionsOf(app, model);
  const found = versions.find(({ version }) => version === name);
  if (found !== undefined) return found;
  const names = versions.map(({ version }) => version);
  const known = names.length === 0 ? ' There is none.' : ` Known: ${names.slice(-10).join(', ')}.`;
  throw new UsageError(`No version "${name}" of ${model}.${didYouMean(name, names)}${known}`);
}

/** In which instants of a model are told. */
export const zoneOf = (app: App, model: string): Promise<string> => timezoneOf(app, model);

/** Passes for a model that was applied, or that a monitor file names; else UsageError. */
export async function knownModel(app: App, model: string): Promise<void> {
  const head = await app.lake.readHead<ModelHead>(modelHead(model));
  if (head === null) await loadModel(app, model);
}

type Tell = (path: readonly PropertyKey[], message: string) => void;

/** What a file says with the hashes of the files that are there. */
async function completed(model: string, given: VersionText, tell: Tell): Promise<ModelVersion> {
  const hashed = (files: readonly { path: string; sha256?: string | undefined }[], at: string[]) =>
    Promise.all(files.map((file, index) => withHash(file, tell, [...at, index])));
  const { training, evaluation, preprocessing } = given;
  return {
    model,
    version: given.version,
    code: given.code ?? null,
    hyperparameters: given.hyperparameters,
    preprocessing: preprocessing === undefined ? null : await prepared(preprocessing, tell),
    training:
      training === undefined
        ? null
        : {
            ...(await withHash(training, tell, ['training'])),
            rows: training.rows ?? null,
            from: training.from ?? null,
            to: training.to ?? null,
            ...(training.unweighted_acted === undefined
              ? {}
              : { unweightedActed: training.unweighted_acted }),
          },
    artefacts: await hashed(given.artefacts, ['artefacts']),
    evaluation:
      evaluation === undefined
        ? null
        : {
            data: evaluation.data ?? null,
            metrics: evaluation.metrics,
            plots: await hashed(evaluation.plots, ['evaluation', 'plots']),
          },
    parents: given.parents,
    notes: given.notes ?? null,
  };
}

async function prepared(
  given: NonNullable<VersionText['preprocessing']>,
  tell: Tell,
): Promise<ModelVersion['preprocessing']> {
  if (typeof given !== 'string') return { config: given, path: null, sha256: fingerprint(given) };
  const sha256 = await hashOf(given);
  if (sha256 === null) tell(['preprocessing'], `expected a file that is there, got "${given}"`);
  return { config: null, path: given, sha256: sha256 ?? '' };
}

async function withHash(
  { path, sha256 = null }: { path: string; sha256?: string | undefined | null },
  tell: Tell,
  at: readonly PropertyKey[],
): Promise<Artefact> {
  const found = await hashOf(path);
  if (sha256 !== null && found !== null && found !== sha256) {
    tell([...at, 'sha256'], `expected the hash of ${path}, which is ${found}`);
  }
  return { path, sha256: sha256 ?? found };
}

/** sha256 of a file of this machine; null: there is none of that name. */
async function hashOf(path: string): Promise<string | null> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
