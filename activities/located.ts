import type { Due } from '../domain/due.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { SourceError, type Located, type LocatedJoin } from '../domain/source.js';
import { isFiles } from '../domain/source-spec.js';
import type { Window } from '../domain/window.js';
import { putPulled } from '../lake/reference-store.js';
import { namesOneFile, nothingAt } from '../sources/files.js';
import { askedOf, locate } from '../sources/locate.js';
import type { Measuring } from './deps.js';

/** What an evaluation reads that is done once more. */
export interface ReadAgain {
  predictions: Located;
  /** null: there were none. */
  labels: Located | null;
  /** What nobody can tell any more, as it was stored. `types`: of landed rows. */
  told: Pick<Profile, 'asked'> & Partial<Pick<Profile, 'types'>>;
}

/** The rows of which window, known when; a signal ends what is under way. */
interface Wanted {
  monitor: Monitor;
  due: { window: Window } & Pick<Due, 'knownAt'>;
  signal?: AbortSignal | undefined;
  /** What is read instead; absent: what is there. */
  again?: ReadAgain | undefined;
}

/** The predictions of a window. A path that names one file names one that has to be there. */
export async function locatePredictions(
  { world }: Pick<Measuring, 'world'>,
  { monitor, due, signal, again }: Wanted,
): Promise<Located> {
  if (again !== undefined) return again.predictions;
  const { predictions } = monitor;
  const asked = { knownAt: due.knownAt, ...(signal && { signal }) };
  const found = await locate(predictions, { ...askedOf(monitor, due.window), ...asked }, world);
  if (found.files.length === 0 && isFiles(predictions) && namesOneFile(predictions.path)) {
    const { path } = predictions;
    throw new SourceError(path, null, await nothingAt(path, 'the predictions'));
  }
  return found;
}

/**
 * Labels are looked for from the window's start until they are mature, or to the instant of what is
 * known: a positive that comes later only counts where a row without a label was negative before.
 */
export async function locateLabels(
  { world }: Pick<Measuring, 'world'>,
  { monitor, due, signal, again }: Wanted,
): Promise<Located | null> {
  if (again !== undefined) return again.labels;
  const { labels } = monitor;
  if (labels?.from == null) return null;
  const { window, knownAt } = due;
  const latest = labels.absent === undefined ? window.end + labels.matureAfter : Infinity;
  const end = Math.max(window.end, Math.min(knownAt, latest));
  const span = { start: window.start, end: end + 1 };
  const asked = { knownAt, ...(signal && { signal }) };
  return locate(labels.from, { ...askedOf(monitor, span), ...asked }, world);
}

/** Where the rows of a reference stay: copies of a source that lies elsewhere go into the lake. */
export async function keptReference(
  { lake }: Pick<Measuring, 'lake'>,
  located: Located,
): Promise<Located> {
  const isHere = ({ origin = 'here' }: Located) => origin === 'here';
  const own = isHere(located) ? located : await putPulled(lake, located);
  if (located.joins === undefined) return own;
  const joins: LocatedJoin[] = [];
  for (const join of located.joins) {
    joins.push({ ...join, located: await keptReference({ lake }, join.located) });
  }
  return { ...own, joins };
}
