import { measures } from '../domain/events.js';
import type { Monitor } from '../domain/monitor.js';
import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
import type { Commit } from '../domain/run.js';
import type { Evidence, Facts } from '../domain/score.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { LEAST_PERIODS } from '../lake/reference-rows.js';
import { answersBefore } from './answers-before.js';
import type { Measuring } from './deps.js';
import { aroundOf, otherReferences, partOf } from './evaluate-references.js';
import type { ActiveReference } from './reference.js';
import { firstMature } from './first-mature.js';
import { delaysBefore } from './label-delays.js';
import { labelledCommits } from './labelled.js';
import type { LabelledCommits } from './labelled.js';
import { handledBy } from './trained.js';
import { startOf, usualProfiles } from './usual.js';

const MOST_EARLIER = 90;
/** Fewer evaluated windows do not tell how many rows are usual. */
const FEW = 3;

/** What the evidence of one window is made from. */
export interface Measured {
  monitor: Monitor;
  due: { window: Window; at: Instant; knownAt: Instant };
  reference: ActiveReference;
  profile: Profile;
  slices: readonly Profile[];
  exact: 'exact' | 'grid';
  /** One of the windows that people hear of; absent: no. */
  watched?: boolean;
  /** As in Evaluate. */
  earlier?: 'profile';
}

/** The evidence of all rows, and one for each slice. */
export interface Evidences {
  evidence: Evidence;
  slices: readonly Evidence[];
  /** What people have to know of the references; [] when nothing is odd. */
  notes: readonly string[];
}

/** Gathers what checks may see of a window: all from the lake but the rows of other references. */
export async function evidencesOf(deps: Measuring, db: Duck, from: Measured): Promise<Evidences> {
  const { monitor, due, reference } = from;
  const { id } = monitor.model;
  const { pin, stored } = reference;
  const all = await deps.lake.commitsOf(id, { to: due.window.start });
  const before = all.filter((commit) => measures(monitor, commit.window, due.window));
  const recent = before.slice(-MOST_EARLIER);
  const start = startOf({ monitor, pin, commits: before });
  const labelled = labelledCommits({ monitor, pin }, before);
  const asked = [...(labelled?.first ?? []), ...(labelled?.recent ?? [])];
  const read = await partsOf({ deps, db }, [...recent, ...start, ...asked], 'rows');
  const { periods, usual } = await usualOf(deps, from, before);
  const accepted = await deps.lake.acceptedOf(id);
  const handled = await handledBy(deps, monitor, due.knownAt);
  const isNew = usual === null && from.watched === true && learnsFrom(monitor);
  const started = isNew
    ? await startedAs({ deps, db }, [...start, ...recent], { read, stored })
    : [];
  const references = await otherReferences(deps, db, { ...from, before });
  const around = await aroundOf(deps, db, from);
  const answers = await answersBefore(deps, db, { monitor, window: due.window, before });
  const delays = await delaysBefore(deps, db, { monitor, labelled });
  const isFirstMature = monitor.reference.performance?.kind === 'first_mature';
  const measure = await firstMature(deps, { monitor, pin, window: due.window, commits: before });
  const own = recent.length < FEW ? ownBefore(from, periods) : [];
  const ofSlice = (commits: readonly Commit[], slice: Slice): Profile[] =>
    commits.flatMap(({ file }) => partOf(read.get(file) ?? [], slice) ?? []);
  const evidence = (slice: Slice, current: Profile): Evidence => ({
    ...{ at: due.at, knownAt: due.knownAt, grid: stored.grid, current, usual },
    facts: { ...factsOf(from), ...(handled === null ? {} : { handled }) },
    reference: references.main(slice),
    references: references.named(slice),
    ...(isFirstMature ? { performance: partOf(measure, slice) } : {}),
    periods: periods.filter((one) => isSameSlice(one.slice, slice)),
    earlier: [...own.filter((one) => isSameSlice(one.slice, slice)), ...ofSlice(recent, slice)],
    ...labelledIn(labelled, (commits) => ofSlice(commits, slice)),
    ...delays,
    ...(isNew ? { first: partOf(started, slice) } : {}),
    accepted,
    ...(isWhole(current) && around ? { around } : {}),
    ...answers(slice),
  });
  return {
    notes: references.notes,
    evidence: evidence({}, from.profile),
    slices: from.slices.map((current) => evidence(current.slice, current)),
  };
}

function labelledIn(
  labelled: LabelledCommits | null,
  partsIn: (commits: readonly Commit[]) => Profile[],
): Pick<Evidence, 'labelled'> {
  if (labelled === null) return {};
  return { labelled: { first: partsIn(labelled.first), recent: partsIn(labelled.recent) } };
}

/** The first of the windows that is counted on the grid of the reference, with its columns. */
async function startedAs(
  from: { deps: Measuring; db: Duck },
  commits: readonly Commit[],
  {
    read,
    stored,
  }: { read: Awaited<ReturnType<typeof partsOf>>; stored: ActiveReference['stored'] },
): Promise<readonly Profile[]> {
  const oldest = commits.find(({ file }) =>
    (read.get(file) ?? []).some(({ grid }) => grid === stored.grid.id),
  );
  if (oldest === undefined) return [];
  return (await partsOf(from, [oldest], 'coarse')).get(oldest.file) ?? [];
}

/** The windows of a reference that is a span of the model's own rows: they came before, too. */
function ownBefore({ monitor, due, reference: { pin } }: Measured, periods: readonly Profile[]) {
  if (monitor.reference.drift?.kind !== 'window' || pin.version !== null) return [];
  return periods.filter(({ window }) => window.end <= due.window.start);
}

function factsOf({ monitor, reference: { pin } }: Measured): Facts {
  const { minCoverage } = monitor.labels ?? {};
  return {
    version: pin.version,
    trainedUntil: pin.trainedUntil,
    answersSince: pin.version === null ? null : pin.since,
    matureAfter: monitor.labels?.matureAfter ?? 0,
    ...(minCoverage === undefined ? {} : { minCoverage }),
  };
}

/** The windows that are usual: those of the reference, or the first live ones. */
async function usualOf(
  deps: Measuring,
  { monitor, due, reference: { pin, stored } }: Measured,
  before: readonly Commit[],
): Promise<Pick<Evidence, 'periods' | 'usual'>> {
  const isMeasure = ({ window }: Profile) => measures(monitor, window, due.window);
  const own = stored.periods.filter(isMeasure);
  if (own.filter(isWhole).length >= LEAST_PERIODS) return { periods: own, usual: 'reference' };
  const first = await usualProfiles(deps.lake, { monitor, pin, commits: before });
  const known = first.filter((one) => isMeasure(one) && one.grid === stored.grid.id);
  if (known.filter(isWhole).length < LEAST_PERIODS) return { periods: [], usual: null };
  return { periods: known, usual: known.length > 0 ? 'live' : null };
}

const learnsFrom = ({ reference }: Monitor): boolean => reference.drift?.kind === 'training';

const isWhole = ({ slice }: Profile): boolean => isSameSlice(slice, {});

/** Key of an evaluation → its profile and those of its slices; each is read once. */
async function partsOf(
  { deps, db }: { deps: Measuring; db: Duck },
  commits: readonly Pick<Commit, 'file'>[],
  detail: 'coarse' | 'rows',
): Promise<Map<string, readonly Profile[]>> {
  const files = [...new Set(commits.map(({ file }) => file))].filter((file) => file !== '');
  const read = await deps.lake.readEvaluations(files, detail, db);
  return new Map(
    files.map((file, index) => {
      const { profile = null, slices = [] } = read[index] ?? {};
      return [file, profile === null ? [] : [profile, ...slices]];
    }),
  );
}
