import type { AdviceEvidence } from '../activities/advise.js';
import type { FindingRef } from '../domain/advice.js';
import type { RequestSummary } from '../domain/request.js';
import type { RegisteredVersion } from '../domain/version.js';
import type { App } from './app.js';
import { listRequests } from './requests.js';
import { versionOf, versionsOf } from './versions.js';

/** A version and how it came about. */
export interface Ancestor {
  version: RegisteredVersion;
  /** The retraining that promoted it; null: there was none. */
  retraining: Retraining | null;
  /** Parents of which nothing more is known. */
  unregistered: readonly string[];
}

/** From the rows to the request that asked for a version. */
interface Retraining {
  request: RequestSummary;
  /** Sentences of the advice that it was opened with, and the findings behind them. */
  reasons: readonly string[];
  findings: readonly FindingRef[];
  /** Whose findings they are: `<model>@<window end>/<revision>`. */
  run: string;
  /** The rows that were looked at; null: the window had no source that could be read. */
  rows: { n: number; files: readonly string[]; predicate: string } | null;
}

/**
 * A version, the newest where none is named, and those that it was made from, each once and before
 * its parents. [] where none is registered; UsageError for a model or version that there is not.
 */
export async function lineageOf(app: App, model: string, name?: string): Promise<Ancestor[]> {
  const versions = await versionsOf(app, model);
  const newest = name === undefined ? versions.at(-1) : await versionOf(app, model, name);
  if (newest === undefined) return [];
  const byName = new Map(versions.map((version) => [version.version, version]));
  const line = new Set([newest]);
  for (const { parents } of line) {
    for (const parent of parents) {
      const found = byName.get(parent);
      if (found !== undefined) line.add(found);
    }
  }
  const requests = (await listRequests(app, 'all')).filter((request) => request.model === model);
  return Promise.all(
    [...line].map(async (version) => {
      const request = requests.find((one) => isOrigin(one, version));
      return {
        version,
        retraining: request === undefined ? null : await retrainingOf(app, request),
        unregistered: version.parents.filter((parent) => !byName.has(parent)),
      };
    }),
  );
}

const isOrigin = ({ status, result }: RequestSummary, { version }: RegisteredVersion): boolean =>
  status === 'succeeded' && result?.version === version;

async function retrainingOf(app: App, request: RequestSummary): Promise<Retraining> {
  const { model, evidence, advice } = request;
  const { windowEnd: end, revision } = advice;
  const [frozen, commit] = await Promise.all([
    app.lake.getObject<AdviceEvidence>('evidence', evidence),
    app.lake.commitOf(model, end, revision),
  ]);
  const file = commit?.file ?? '';
  const { manifest = null } = file === '' ? {} : await app.lake.readEvaluation(file, 'light');
  const joined = Object.values(manifest?.joins ?? {}).flat();
  const { reasons } = frozen.advice;
  return {
    request,
    reasons: reasons.map(({ text }) => text),
    findings: reasons.flatMap(({ findings }) => findings),
    run: frozen.run,
    rows: manifest && {
      n: manifest.rows,
      files: [...manifest.files, ...joined].map(({ path }) => path),
      predicate: manifest.predicate,
    },
  };
}
