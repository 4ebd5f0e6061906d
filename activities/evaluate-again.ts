import type { Profile } from '../domain/profile.js';
import type { Evaluation, Manifest, ManifestFile } from '../domain/run.js';
import type { Monitor } from '../domain/monitor.js';
import { SourceError, type Located, type LocatedJoin } from '../domain/source.js';
import type { SourceSpec } from '../domain/source-spec.js';
import type { Due } from '../domain/due.js';
import type { Measuring } from './deps.js';
import type { ProfiledAnew } from './evaluate-labels.js';
import { changesSince, isCopied, isSame, type Older } from './evaluate-older.js';
import { locateLabels, locatePredictions, type ReadAgain } from './located.js';

/**
 * Rows that were refused, and why, lists that gave none, and rows without a partner: those that
 * were landed are the rest, in types of their own, with what was joined.
 */
const OF_THE_SOURCE = ['rows', 'rejected', 'bare', 'joins'];
/** What servers of metrics said, for they forget, labels beside the target's, and markers. */
const OF_SERVERS = ['series', 'stand_ins', 'ready'];

/** Sources whose rows are given once: what they would give now proves nothing. */
const PULLED: readonly string[] = ['postgres', 'duckdb', 'http'];

const isPulled = ({ kind, joins = [] }: SourceSpec): boolean =>
  PULLED.includes(kind) || joins.some(({ from }) => isPulled(from));

/** A profile with what is not asked again. */
export function withTold(profiled: ProfiledAnew, again: ReadAgain | undefined): ProfiledAnew {
  if (again === undefined) return profiled;
  const { asked, types } = again.told;
  const add = (one: Profile): Profile => ({
    ...{ ...one, types: types ?? one.types },
    asked: { ...one.asked, ...asked },
  });
  const { profile, stored, slices } = profiled;
  const parts = slices.map((one) => ({ ...one, types: types ?? one.types }));
  return { ...profiled, profile: add(profile), stored: add(stored), slices: parts };
}

/**
 * The rows that an evaluation read, and in sentences what is not as it was. Its files where they
 * are as they were, else the rows that the lake kept of them, else what is there by these names;
 * files that came later are left out. Reads only. Throws SourceError where none of it is there.
 */
export async function readAgainOf(
  deps: Measuring,
  { monitor, older }: { monitor: Monitor; older: Older },
): Promise<{ again: ReadAgain; changes: string[] }> {
  const { evaluation } = older;
  const due = { window: evaluation.window, knownAt: evaluation.knownAt };
  const rows = await rowsAgain(deps, { monitor, older, due });
  const { manifest, labels: read } = labelsOf(older);
  const now = read === null ? null : await locateLabels(deps, { monitor, due });
  const changes = now === null ? [] : changesSince({ ...older, evaluation: manifest }, now);
  const labels = now === null || read === null ? null : thatWere(read, now);
  return { again: { ...rows.again, labels }, changes: [...rows.changes, ...changes] };
}

interface Rows {
  again: Pick<ReadAgain, 'predictions' | 'told'>;
  changes: string[];
}

/** The evaluation as if its labels were its rows. */
function labelsOf({ evaluation }: Older): { manifest: Evaluation; labels: Manifest | null } {
  const { labels } = evaluation;
  return { manifest: { ...evaluation, manifest: labels }, labels };
}

interface From {
  monitor: Monitor;
  older: Older;
  due: Pick<Due, 'window' | 'knownAt'>;
}

async function rowsAgain(deps: Measuring, from: From): Promise<Rows> {
  const { monitor, older } = from;
  const { manifest, profile } = older.evaluation;
  const landed = manifest === null ? null : await landedOf(deps, manifest, monitor);
  const { asked: all = {}, types = {} } = profile ?? {};
  const asked = (names: readonly string[]): Profile['asked'] =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  const told = { asked: asked(OF_SERVERS) };
  const kept = landed && {
    predictions: landed,
    told: { asked: asked([...OF_SERVERS, ...OF_THE_SOURCE]), types },
  };
  if (kept !== null && isPulled(monitor.predictions)) return { again: kept, changes: [] };
  try {
    const now = await locatePredictions(deps, from);
    const changes = changesSince(older, now);
    if (kept !== null && changes.length > 0) return { again: kept, changes };
    const predictions = manifest === null ? now : thatWere(manifest, now);
    if (predictions.files.length === 0 && changes.length > 0) {
      throw new SourceError(now.path, null, `none of the files is there: ${changes.join(' ')}`);
    }
    return { again: { predictions, told }, changes };
  } catch (error) {
    if (kept === null || !(error instanceof SourceError)) throw error;
    return { again: kept, changes: [`${error.message}.`] };
  }
}

/** The files of a manifest as they are now, without those that came later. */
function thatWere({ files, joins }: Pick<Manifest, 'files' | 'joins'>, now: Located): Located {
  const joined = now.joins?.map((join): LocatedJoin => {
    return { ...join, located: thatWere({ files: joins?.[join.name] ?? [] }, join.located) };
  });
  const isOne = (file: ManifestFile): boolean =>
    files.some((old) => old.path === file.path || (isCopied(now) && isSame(old, file)));
  // A query gives its rows anew, in files of other names.
  const own = now.origin === 'pulled' ? now : { ...now, files: now.files.filter(isOne) };
  return { ...own, ...(joined && { joins: joined }) };
}

/** The rows that the lake keeps of a window; null: it keeps none. */
async function landedOf(
  { lake: { store } }: Pick<Measuring, 'lake'>,
  { landed, files }: Manifest,
  { predictions }: Monitor,
): Promise<Located | null> {
  const modified = landed === null ? null : await store.modified(landed);
  if (landed === null || modified === null) return null;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const file = { path: store.location(landed), bytes, modified, footer: null };
  return { kind: 'parquet', path: predictions.path, where: null, files: [file] };
}
