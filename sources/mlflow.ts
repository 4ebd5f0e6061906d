import { SourceError } from '../domain/source.js';
import { answerText, fieldOf, parsed, plain, without } from './answer-text.js';
import { runOf, versionOf, type RegistryRun, type RegistryVersion } from './mlflow-answer.js';
import { statusWords } from './request.js';
import type { World } from './source.js';

const TIMEOUT = 30_000;

/** An MLflow server, and who asks it. */
export interface MlflowServer {
  /** Its address, without a password. */
  url: URL;
  /** Goes before the token. */
  login: { user: string; password: string } | null;
  token: string | null;
}

/** A version of a registered model, by its number or by an alias. */
export interface AskedVersion {
  name: string;
  by: { version: string } | { alias: string };
}

/** A version of the registry with the run that made it; null: it names none. */
export interface Registered {
  version: RegistryVersion;
  run: RegistryRun | null;
}

/**
 * What an MLflow registry says of a version, by its REST API 2.0; `missing`: it has none, in its
 * words. SourceError for a server that cannot be reached, is too slow, refuses or answers something
 * else; no secret is in it. Reads only.
 */
export async function askMlflow(
  world: Pick<World, 'address'>,
  server: MlflowServer,
  { name, by }: AskedVersion,
): Promise<Registered | { missing: string }> {
  const found = await get(world, server, {
    path: 'version' in by ? 'model-versions/get' : 'registered-models/alias',
    asked: { name, ...by },
  });
  if ('missing' in found) return found;
  const version = versionOf(found.answer, placeOf(server));
  if (version.runId === null) return { version, run: null };
  const asked = { run_id: version.runId };
  const run = await get(world, server, { path: 'runs/get', asked });
  // A run may be deleted for good; what the registry says of the version stands.
  return { version, run: 'missing' in run ? null : runOf(run.answer, placeOf(server)) };
}

const placeOf = ({ url }: MlflowServer): string => url.host + url.pathname.replace(/\/$/, '');

interface Call {
  path: string;
  asked: Readonly<Record<string, string>>;
}

async function get(
  world: Pick<World, 'address'>,
  server: MlflowServer,
  { path, asked }: Call,
): Promise<{ answer: unknown } | { missing: string }> {
  const url = new URL(server.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/2.0/mlflow/${path}`;
  for (const [key, value] of Object.entries(asked)) url.searchParams.set(key, value);
  const named = placeOf(server);
  const call = { headers: headersOf(server), named, timeout: TIMEOUT, wanted: 'one version' };
  const { status, body } = await answerText(world, url, call);
  const answer = parsed(body);
  if (status === 200) return { answer };
  const [code, message] = [fieldOf(answer, 'error_code'), fieldOf(answer, 'message')];
  const said = plain([code, message].filter((part) => typeof part === 'string').join(': '));
  const words = without(without(said, server.token), server.login?.password ?? null);
  // An alias that is not there is a wrong value to it, not a missing thing.
  const isMissing = code === 'RESOURCE_DOES_NOT_EXIST' || (code === INVALID && 'alias' in asked);
  if (isMissing) return { missing: words };
  const hint = status === 401 || status === 403 ? `; ${HINT}` : '';
  const why = words === '' ? '' : ` (${words})`;
  throw new SourceError(named, null, `${statusWords(status)}${why}${hint}`);
}

const INVALID = 'INVALID_PARAMETER_VALUE';
const HINT =
  'expected MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, of ' +
  'somebody who may read it';

function headersOf({ login, token }: MlflowServer): Record<string, string> {
  if (login !== null) {
    const pair = Buffer.from(`${login.user}:${login.password}`).toString('base64');
    return { authorization: `Basic ${pair}` };
  }
  return token === null ? {} : { authorization: `Bearer ${token}` };
}
