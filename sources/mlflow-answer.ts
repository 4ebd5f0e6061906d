import { SourceError } from '../domain/source.js';
import { fieldOf, parsed } from './answer-text.js';

/** What a registry says of a version itself. */
export interface RegistryVersion {
  name: string;
  /** Its number, in digits. */
  version: string;
  /** null: nobody described it. */
  description: string | null;
  /** Address of the artefacts, as `runs:/<run>/model`; null: none. */
  source: string | null;
  runId: string | null;
}

/** Rows that a run was given. */
export interface RunDataset {
  name: string;
  /** What MLflow tells its content apart by: no sha256. */
  digest: string;
  /** Where it is, as far as its source says. */
  path: string | null;
  rows: number | null;
  /** `training`, `validation`, …; null: nobody said. */
  context: string | null;
}

/** The run that made a version. */
export interface RegistryRun {
  id: string;
  experiment: string;
  params: Readonly<Record<string, string>>;
  /** The newest value of each; what is no finite number is left out. */
  metrics: Readonly<Record<string, number>>;
  tags: Readonly<Record<string, string>>;
  datasets: readonly RunDataset[];
}

/** The version of an answer. SourceError for an answer that holds none. */
export function versionOf(answer: unknown, named: string): RegistryVersion {
  const found = fieldOf(answer, 'model_version');
  const [name, version] = [textAt(found, 'name'), textAt(found, 'version')];
  if (name === null || version === null) throw notMlflow(named, 'model_version');
  return {
    ...{ name, version },
    description: textAt(found, 'description'),
    source: textAt(found, 'source'),
    runId: textAt(found, 'run_id'),
  };
}

/** The run of an answer. SourceError for an answer that holds none. */
export function runOf(answer: unknown, named: string): RegistryRun {
  const run = fieldOf(answer, 'run');
  const info = fieldOf(run, 'info');
  const id = textAt(info, 'run_id');
  if (id === null) throw notMlflow(named, 'run');
  const data = fieldOf(run, 'data');
  const metrics = pairsOf(data, 'metrics').filter(isFigure);
  const texts = (list: string) =>
    Object.fromEntries(pairsOf(data, list).map(([key, value]) => [key, String(value)]));
  return {
    id,
    experiment: textAt(info, 'experiment_id') ?? '',
    params: texts('params'),
    metrics: Object.fromEntries(metrics),
    tags: texts('tags'),
    datasets: listAt(fieldOf(run, 'inputs'), 'dataset_inputs').map(datasetOf),
  };
}

const notMlflow = (named: string, wanted: string): SourceError =>
  new SourceError(named, null, `is no API of MLflow: expected JSON with ${wanted}`);

const isFigure = (pair: readonly [string, unknown]): pair is readonly [string, number] =>
  typeof pair[1] === 'number' && Number.isFinite(pair[1]);

/** MLflow writes each kind of source with words of its own. */
const PLACES = ['uri', 'url', 'path', 'delta_table_name'];

function datasetOf(input: unknown): RunDataset {
  const dataset = fieldOf(input, 'dataset');
  const source = parsed(textAt(dataset, 'source') ?? '');
  const rows = fieldOf(parsed(textAt(dataset, 'profile') ?? ''), 'num_rows');
  const tags = Object.fromEntries(pairsOf(input, 'tags'));
  const context = tags['mlflow.data.context'];
  return {
    name: textAt(dataset, 'name') ?? '',
    digest: textAt(dataset, 'digest') ?? '',
    path: PLACES.map((key) => textAt(source, key)).find((place) => place !== null) ?? null,
    rows: Number.isSafeInteger(rows) ? Number(rows) : null,
    context: typeof context === 'string' ? context : null,
  };
}

/** A text that says something; null: it is none. */
function textAt(of: unknown, name: string): string | null {
  const found = fieldOf(of, name);
  return typeof found === 'string' && found !== '' ? found : null;
}

function listAt(of: unknown, name: string): readonly unknown[] {
  const found = fieldOf(of, name);
  return Array.isArray(found) ? found : [];
}

/** `[{ key, value }, …]` of a list. */
const pairsOf = (of: unknown, list: string): (readonly [string, unknown])[] =>
  listAt(of, list).flatMap((one) => {
    const key = textAt(one, 'key');
    return key === null ? [] : [[key, fieldOf(one, 'value')] as const];
  });
