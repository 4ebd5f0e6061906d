import { reach } from '../calendar/reach.js';
import { lastBoundary, windowEndingAt } from '../calendar/windows.js';
import type { Delays } from '../domain/delay.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { SourceError } from '../domain/source.js';
import type { Duck } from '../lake/duck.js';
import { profileDelays } from '../lake/profile-delays.js';
import type { ProfileRequest } from '../lake/profile.js';
import type { Measuring } from './deps.js';
import type { ProfiledAnew } from './evaluate-labels.js';
import type { LabelledCommits } from './labelled.js';
import { locateLabels, locatePredictions } from './located.js';

/** An older window is looked at once more when so many times `mature_after` have passed. */
const LATE = 3;

const asks = ({ checks }: Monitor): boolean => checks.some(({ check }) => check === 'label_delay');

/** The windows whose labels were mature, with what was asked of them; {} where no check asks. */
export async function delaysBefore(
  { lake }: Pick<Measuring, 'lake'>,
  db: Duck,
  { monitor, labelled }: { monitor: Monitor; labelled: LabelledCommits | null },
): Promise<Pick<Evidence, 'delays'>> {
  if (labelled === null || !asks(monitor)) return {};
  const commits = [...labelled.first, ...labelled.recent].sort(
    (a, b) => a.window.end - b.window.end,
  );
  const files = [...new Set(commits.map(({ file }) => file))].filter((file) => file !== '');
  const read = await lake.readEvaluations(files, 'answers', db);
  return { delays: read.flatMap(({ profile }) => profile ?? []) };
}

/** What a window was counted by, and where its sources are. */
interface From {
  request: ProfileRequest;
  world: Measuring['world'];
}

/**
 * Adds the answer `late_delays` to the profile of a window with mature labels: the delays of an
 * older one, whose labels may have come since it was judged, for a window itself is not looked at
 * again. None where the files of that window cannot be read any more. Reads only.
 */
export async function withLateDelays(
  db: Duck,
  profiled: ProfiledAnew,
  from: From,
): Promise<ProfiledAnew> {
  const late = isToBeAsked(profiled, from.request) ? await lateDelays(db, from) : null;
  if (late === null) return profiled;
  const add = (one: Profile): Profile => ({ ...one, asked: { ...one.asked, late_delays: late } });
  return { ...profiled, profile: add(profiled.profile), stored: add(profiled.stored) };
}

function isToBeAsked({ profile }: ProfiledAnew, { monitor, window, knownAt }: ProfileRequest) {
  const { matureAfter = 0 } = monitor.labels ?? {};
  const isMature = matureAfter > 0 && knownAt >= window.end + matureAfter;
  return isMature && 'delays' in profile.asked;
}

async function lateDelays(db: Duck, { request, world }: From): Promise<Delays | null> {
  const { labels } = request.monitor;
  const { signal } = db.options;
  const matureAfter = LATE * (labels?.matureAfter ?? 0);
  const monitor = { ...request.monitor, labels: labels && { ...labels, matureAfter } };
  const { windows } = monitor;
  const before = request.window.end + (labels?.matureAfter ?? 0) - matureAfter;
  const window = windowEndingAt(windows, lastBoundary(windows, before));
  const due = { window, knownAt: request.knownAt };
  try {
    const predictions = await locatePredictions({ world }, { monitor, due, signal });
    const located = await locateLabels({ world }, { monitor, due, signal });
    const span = reach(monitor.predictions.path, window, windows);
    const of = { ...request, monitor, window, at: window.end, reach: span };
    return await profileDelays(db, { ...of, predictions, labels: located });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return null;
  }
}
