import type { ModelVersion, RegisteredVersion, TrainingData } from '../domain/version.js';
import { askMlflow, type AskedVersion, type MlflowServer } from '../sources/mlflow.js';
import type { RegistryRun, RegistryVersion, RunDataset } from '../sources/mlflow-answer.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import { worldOf } from './sources.js';
import { knownModel, register } from './versions.js';

const COMMIT = 'mlflow.source.git.commit';
/** What people and MLflow's own autologging call the rows that a model learns from. */
const TRAINING: readonly (string | null)[] = ['training', 'train'];

/**
 * Registers a version as an MLflow registry has it, `name/version`, `name/alias` or `name@alias`,
 * under its number there. The same again changes nothing. UsageError for one that there is not, or
 * that is registered with another content; SourceError when the server cannot be asked.
 */
export async function registerFromMlflow(
  app: App,
  { model, from, by }: { model: string; from: string; by: string | null },
): Promise<{ version: RegisteredVersion; isNew: boolean }> {
  await knownModel(app, model);
  const asked = askedOf(from);
  const server = serverOf(app);
  const found = await askMlflow(worldOf(app), server, asked);
  if ('missing' in found) {
    throw new UsageError(`--from-mlflow: ${server.url.host} has no ${from} (${found.missing}).`);
  }
  const { version, run } = found;
  const ref = addressOf(server.url, version, run);
  return register(app, { version: made(model, version, run), by, origin: { kind: 'mlflow', ref } });
}

function askedOf(from: string): AskedVersion {
  const [, name = '', mark, last = ''] = /^(.+)([/@])([^/@]+)$/.exec(from) ?? [];
  if (name === '') {
    throw new UsageError(
      `--from-mlflow: expected churn/7, or churn@champion for an alias, got "${from}".`,
    );
  }
  const isNumber = mark === '/' && /^\d+$/.test(last);
  return { name, by: isNumber ? { version: last } : { alias: last } };
}

function serverOf({ settings: { mlflow } }: App): MlflowServer {
  const { uri, user, password, token } = mlflow;
  const wanted = 'expected the address of an MLflow server, as https://mlflow.example.com';
  if (uri === null) throw new UsageError(`MLFLOW_TRACKING_URI is not set: ${wanted}.`);
  if (!URL.canParse(uri) || !/^https?:\/\//.test(uri)) {
    throw new UsageError(`MLFLOW_TRACKING_URI: ${wanted}.`);
  }
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      'MLFLOW_TRACKING_URI: expected no password in it, but in MLFLOW_TRACKING_PASSWORD.',
    );
  }
  const login = user !== null && password !== null ? { user, password } : null;
  return { url, login, token };
}

/** The page of the run, or of the version where it has none. */
function addressOf(url: URL, { name, version }: RegistryVersion, run: RegistryRun | null): string {
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}/#`;
  return run === null
    ? `${base}/models/${encodeURIComponent(name)}/versions/${version}`
    : `${base}/experiments/${run.experiment}/runs/${run.id}`;
}

function made(
  model: string,
  { version, source, description }: RegistryVersion,
  run: RegistryRun | null,
): ModelVersion {
  const metrics = run?.metrics ?? {};
  const evaluated = Object.keys(metrics).length > 0;
  return {
    ...{ model, version },
    code: run?.tags[COMMIT] ?? null,
    hyperparameters: run?.params ?? {},
    preprocessing: null,
    training: trainingOf(run?.datasets ?? []),
    artefacts: source === null ? [] : [{ path: source, sha256: null }],
    evaluation: evaluated ? { data: null, metrics, plots: [] } : null,
    parents: [],
    notes: description,
  };
}

/** The rows for training; of one without a word on what it is for, they are that. */
function trainingOf(datasets: readonly RunDataset[]): TrainingData | null {
  const [only] = datasets.length === 1 ? datasets : [];
  const alone = only?.context === null ? only : undefined;
  const found = datasets.find(({ context }) => TRAINING.includes(context)) ?? alone;
  if (found === undefined) return null;
  const { name, digest, path, rows } = found;
  const at = path ?? name;
  // MLflow's digest is no sha256 of a file, and tells other rows at the same place apart.
  const told = digest === '' ? at : `${at}, digest ${digest}`;
  return { path: told, sha256: null, rows, from: null, to: null };
}
