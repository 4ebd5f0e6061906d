import type { TrainingResult } from './retraining.js';
import type { Instant } from './window.js';

/** A file or an address that belongs to a version. */
export interface Artefact {
  /** As it was said: relative paths count from the folder of whoever said it. */
  path: string;
  /** sha256 of its bytes, 64 hex digits; null: not said, and no file of this machine. */
  sha256: string | null;
}

/** What a version was trained on. */
export interface TrainingData extends Artefact {
  rows: number | null;
  /** Event time of the rows, in [from, to). */
  from: Instant | null;
  to: Instant | null;
  /** Rows acted on that counted without a weight; absent: nobody said. */
  unweightedActed?: number;
}

/** How good a version was when it was trained. */
export interface TrainingEvaluation {
  /** On which data, in words. */
  data: string | null;
  /** In the unit of each metric. */
  metrics: Readonly<Record<string, number>>;
  plots: readonly Artefact[];
}

/** One version of a model: what it was made of. It never changes once it is registered. */
export interface ModelVersion {
  model: string;
  /** Its name: what the model's own rows and its trainer call it. */
  version: string;
  /** Commit, tag or image that trained it. */
  code: string | null;
  hyperparameters: Readonly<Record<string, unknown>>;
  /** How inputs were made ready: `sha256` of `config` as canonical JSON, or of the file `path`. */
  preprocessing: { config: unknown; path: string | null; sha256: string } | null;
  training: TrainingData | null;
  artefacts: readonly Artefact[];
  evaluation: TrainingEvaluation | null;
  /** Versions that it was made from, as the champion that it replaced. */
  parents: readonly string[];
  notes: string | null;
}

/** Who told of a version. */
export interface Origin {
  kind: 'cli' | 'mlflow' | 'retraining';
  /** Address of the run or the version in the registry; the request; null: a file said it. */
  ref: string | null;
}

/** A version in the lake. */
export interface RegisteredVersion extends ModelVersion {
  origin: Origin;
  /** null: nobody said. */
  by: string | null;
  at: Instant;
}

/** What a trainer says of the version that it made, from `rows` rows, in the place of `parent`. */
export function trainedVersion(from: {
  model: string;
  result: TrainingResult;
  parent: string | null;
  rows: number;
}): ModelVersion {
  const { model, result, parent, rows } = from;
  const { version, reference: path, trainedUntil: to, metrics, data, unweightedActed } = result;
  const acted = unweightedActed === undefined ? {} : { unweightedActed };
  return {
    ...{ model, version, code: null, hyperparameters: {}, preprocessing: null },
    training: { path, sha256: null, rows, from: null, to, ...acted },
    artefacts: [],
    evaluation: { data, metrics, plots: [] },
    parents: parent === null || parent === version ? [] : [parent],
    notes: null,
  };
}

/** One thing that is not the same in two versions; null: it is not there. */
export interface Difference {
  /** `hyperparameters.max_depth`, `training.rows`. */
  what: string;
  before: string | null;
  after: string | null;
}

const NO_HASH = 'no hash';

/** What differs between two contents, by its path, in the order of `contentOf`. */
export function differences(before: ModelVersion, after: ModelVersion): Difference[] {
  const [old, now] = [contentOf(before), contentOf(after)];
  return (Object.keys(old) as (keyof Content)[]).flatMap((part) => {
    const [one, other] = [flat(old[part], part), flat(now[part], part)];
    return [...new Set([...one.keys(), ...other.keys()])]
      .map((what) => ({ what, before: one.get(what) ?? null, after: other.get(what) ?? null }))
      .filter((found) => found.before !== found.after);
  });
}

/**
 * What keeps a second registration from being the same again. A hash that it does not know, as of a
 * file that was there the first time, contradicts nothing.
 */
export function contradictions(stands: ModelVersion, again: ModelVersion): Difference[] {
  return differences(stands, again).filter(
    ({ what, before, after }) =>
      !(/\bsha256$/.test(what) && after === null) && !(after === NO_HASH && before !== null),
  );
}

type Content = Omit<ModelVersion, 'model' | 'version'>;

/** What there is to say of a version but its names and who told of it, in this order. */
function contentOf(version: ModelVersion): Content {
  const { code, training, hyperparameters, preprocessing } = version;
  const { evaluation, artefacts, parents, notes } = version;
  return { code, training, hyperparameters, preprocessing, evaluation, artefacts, parents, notes };
}

/** Path → text of every value that is there; files by their path, other lists as one text. */
function flat(value: unknown, path: string): ReadonlyMap<string, string> {
  if (value === null || value === undefined) return new Map<string, string>();
  if (Array.isArray(value)) {
    if (value.every(isArtefact))
      return new Map(value.map((one) => [`${path}[${one.path}]`, one.sha256 ?? NO_HASH]));
    return new Map([[path, value.map(textOf).join(', ')]]);
  }
  if (typeof value !== 'object') return new Map([[path, textOf(value)]]);
  const at = (key: string) => (/^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`);
  return new Map(Object.entries(value).flatMap(([key, one]) => [...flat(one, at(key))]));
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function isArtefact(value: unknown): value is Artefact {
  return typeof value === 'object' && value !== null && 'path' in value && 'sha256' in value;
}
