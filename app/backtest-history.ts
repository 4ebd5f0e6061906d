import { referenceWithCustom } from '../activities/evaluate-custom.js';
import { aroundOf } from '../activities/evaluate-references.js';
import { withScratch } from '../activities/scratch.js';
import type { ActiveReference } from '../activities/reference.js';
import { modelHead, type Measuring } from '../activities/deps.js';
import { checkNamed } from '../checks/index.js';
import { lastBoundary, spanBefore, windowsWithin } from '../calendar/windows.js';
import { partsOf, type Parts } from '../domain/backtesting/parts.js';
import { isOfLabels } from '../domain/check.js';
import type { Past, Standing } from '../domain/backtesting/usual.js';
import type { Finding } from '../domain/finding.js';
import type { ModelHead } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import { isFiles } from '../domain/source-spec.js';
import type { Profile } from '../domain/profile.js';
import type { Commit } from '../domain/run.js';
import type { Instant, Window } from '../domain/window.js';
import { countedWindow } from './backtest-counted.js';
import { nothing, referenceParts, standingOf } from './backtest-standing.js';
import type { Duck } from '../lake/duck.js';
import { countRows } from '../lake/count-rows.js';
import { askedOf, locate } from '../sources/locate.js';

/** A past window with what was said of it from its fine counts. */
export interface PastWindow extends Past {
  findings: readonly Finding[];
}

/** What a backtest goes through. */
export interface History {
  /** `lake`: committed windows, no row was read; `files`: counted from the source, once. */
  source: 'lake' | 'files';
  standing: Standing;
  /** Oldest first. */
  windows: readonly PastWindow[];
  before: { first: readonly Profile[]; earlier: readonly Profile[] };
  /** Of the reference, its periods and all windows, by the profile of all rows; coarse. */
  parts: Parts;
  /** Windows of the span without a profile on this grid: not evaluated, or of another reference. */
  left: number;
}

export interface HistoryInput {
  monitor: Monitor;
  /** A span of the calendar, as `90d`. */
  last: string;
  now: Instant;
  progress: (text: string) => void;
}

/** Checks that need the fine counts of a window. */
const FINE: readonly string[] = ['schema', 'scale_change', 'ks'];

/**
 * What the findings are called of which what was said of a window stands: those of fine counts, and
 * those of labels, which are held against the windows that were there then.
 */
export function thatStand({ checks }: Pick<Monitor, 'checks'>): string[] {
  const kept = checks.filter(({ check }) => FINE.includes(check) || isOfLabels(checkNamed(check)));
  return [...new Set([...FINE, ...kept.map(({ check, name }) => name ?? check)])];
}

/** Windows before the span that checks may look back at. */
const EARLIER = 90;
/** Live windows since the reference was pinned that are what is usual. */
const FIRST = 28;

/**
 * The windows of a span that ends at the newest one: from the lake where they are committed, else
 * counted here from the source, one after another.
 */
export async function historyOf(deps: Measuring, input: HistoryInput): Promise<History> {
  const { monitor } = input;
  const head = await deps.lake.readHead<ModelHead>(modelHead(monitor.model.id));
  return withScratch(deps, async (db, folder) => {
    const stored = head === null ? null : await fromLake(deps, db, { ...input, head });
    if (stored !== null && stored.windows.length > 0) return stored;
    return fromFiles(deps, db, { ...input, head, folder });
  });
}

function spanOf(monitor: Monitor, last: string, upTo: Instant): { from: Instant; to: Instant } {
  const to = lastBoundary(monitor.windows, upTo);
  return { from: spanBefore(to, last, monitor.windows.timezone).start, to };
}

/** The windows of the span; those that are cut by rows have no time, so all of them. */
async function windowsOf(db: Duck, { monitor, last, now }: HistoryInput): Promise<Window[]> {
  const { rows } = monitor.windows;
  if (rows === undefined) {
    const { from, to } = spanOf(monitor, last, now - monitor.schedule.lag);
    return windowsWithin(monitor.windows, from, to);
  }
  const located = await locate(monitor.predictions, askedOf(monitor, null));
  const count = await countRows(db, located);
  return windowsWithin(monitor.windows, 0, Math.ceil(count / rows) * rows);
}

async function fromLake(
  deps: Measuring,
  db: Duck,
  input: HistoryInput & { head: ModelHead },
): Promise<History> {
  const { monitor, head } = input;
  const { from, to } = spanOf(monitor, input.last, head.watermark);
  const all = await deps.lake.commitsOf(monitor.model.id, { to });
  const isIn = ({ window }: Commit) => window.start >= from;
  const inside = all.filter(isIn);
  const earlier = all.filter((commit) => !isIn(commit)).slice(-EARLIER);
  const reference = await referenceAt(deps, db, { monitor, head, from, at: to });
  const { grid } = reference.stored;
  const accepted = await deps.lake.acceptedOf(monitor.model.id);
  const since = reference.pin.since;
  const first = all.filter(({ window }) => window.end > since).slice(0, FIRST);
  const read = inside.filter(({ file }) => file !== '');
  const files = read.map(({ file }) => file);
  const evaluations = await deps.lake.readEvaluations(files, 'coarse');
  const fine = await deps.lake.findingsBy(files, thatStand(monitor));
  const windows = evaluations.flatMap(({ profile, at, knownAt }, place): PastWindow[] => {
    const findings = fine.get(files[place] ?? '') ?? [];
    return profile?.grid === grid.id ? [{ profile, at, knownAt, findings }] : [];
  });
  const isOnGrid = ([whole]: readonly Profile[]) => whole?.grid === grid.id;
  const before = {
    first: (await deps.lake.coarseParts(first)).filter(isOnGrid),
    earlier: (await deps.lake.coarseParts(earlier)).filter(isOnGrid),
  };
  const own = evaluations.map(({ profile, slices }) => (profile ? [profile, ...slices] : []));
  const wholes = (lists: readonly Profile[][]) => lists.flatMap(([whole]) => whole ?? []);
  return {
    source: 'lake',
    standing: { ...standingOf(reference, monitor), accepted },
    windows,
    before: { first: wholes(before.first), earlier: wholes(before.earlier) },
    parts: partsOf([...referenceParts(reference), ...before.first, ...before.earlier, ...own]),
    left: inside.length - windows.length,
  };
}

async function referenceAt(
  deps: Measuring,
  db: Duck,
  { monitor, head, from, at }: { monitor: Monitor; head: ModelHead; from: Instant; at: Instant },
): Promise<ActiveReference> {
  // Of rows that lie elsewhere no more is looked at than the backtest is about.
  const { joins = [] } = monitor.predictions;
  const areFiles = [monitor.predictions, ...joins.map((join) => join.from)].every(isFiles);
  const span = areFiles ? null : { start: from, end: at };
  const predictions = await locate(monitor.predictions, askedOf(monitor, span), deps.world);
  return referenceWithCustom(deps, db, { monitor, head, at, predictions, exact: 'grid' });
}

async function fromFiles(
  deps: Measuring,
  db: Duck,
  input: HistoryInput & { head: ModelHead | null; folder: string },
): Promise<History> {
  const { monitor, now, progress, folder } = input;
  const due = await windowsOf(db, input);
  let head: Pick<ModelHead, 'reference'> | null = input.head;
  let standing: Standing | null = null;
  const windows: PastWindow[] = [];
  const parts: Profile[][] = [];
  for (const [place, window] of due.entries()) {
    if (place === 0 || (place + 1) % Math.ceil(due.length / 10) === 0) {
      progress(`${place + 1} of ${due.length} windows`);
    }
    const times = timesOf(monitor, window, now);
    const stand = thatStand(monitor);
    const asked = { monitor, window, times, head, folder, stand };
    const counted = await countedWindow(deps, db, asked);
    if (counted === null) continue;
    const { pin, profile, slices, findings } = counted;
    // without a reference of its own, the first window is that of all others
    head ??= { reference: pin };
    if (standing === null) {
      const found: ActiveReference = { pin, stored: await counted.reference(), is: 'apart' };
      const around = await aroundOf(deps, db, { monitor, exact: 'grid', reference: found });
      standing = { ...standingOf(found, monitor), around };
      parts.push(...referenceParts(found));
    }
    if (profile.rows === 0 && windows.length === 0) continue;
    windows.push({ profile, ...times, findings });
    parts.push([profile, ...slices]);
  }
  standing ??= { ...nothing(monitor), grid: { id: '', axes: {} } };
  const before = { first: [], earlier: [] };
  const left = due.length - windows.length;
  return { source: 'files', standing, windows, before, parts: partsOf(parts), left };
}

/** The source holds later rows and labels too: what is known is what is known now. */
function timesOf(monitor: Monitor, { end }: Window, now: Instant) {
  const at = end + monitor.schedule.lag;
  return { at, knownAt: Math.max(at, now) };
}
