import { locateLabels, locatePredictions } from '../activities/located.js';
import { marksOf } from '../activities/marks.js';
import { withScratch } from '../activities/scratch.js';
import { binnedRows } from '../domain/causes/binned.js';
import { causesOf, type Causes } from '../domain/causes/causes.js';
import type { Past } from '../domain/causes/timeline.js';
import type { Finding } from '../domain/finding.js';
import { byColumn } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import type { Profile } from '../domain/profile.js';
import type { Commit } from '../domain/run.js';
import { iso, type Instant } from '../domain/window.js';
import { drawReference, drawWindow } from '../lake/draw.js';
import { measuringOf, type App } from './app.js';
import type { Checked } from './check.js';

/** Rows of either side, features, and windows that are looked at. */
const MOST_ROWS = 20_000;
const MOST_FEATURES = 50;
const MOST_WINDOWS = 90;

/**
 * What may be behind the findings of a check: from its findings, the committed windows before it,
 * and rows drawn from the window and the reference; where labels of the window are immature, from
 * the newest window with mature ones. null: there is no reference, or the window was not evaluated.
 * Writes nothing. Throws SourceError when rows cannot be read now.
 */
export async function explain(app: App, checked: Checked): Promise<Causes | null> {
  const { monitor, evaluated, findings } = checked;
  const { evaluation, reference } = evaluated;
  if (reference === null || evaluation.error !== null) return null;
  const { grid, located, only } = reference;
  const window = checked.mature?.window ?? checked.window;
  const columns = featuresOf(findings);
  const deps = await measuringOf(app);
  const sides = await withScratch(deps, async (db) => {
    const draw = { columns, most: MOST_ROWS };
    const { at, knownAt } = evaluation;
    const due = { window, knownAt };
    const predictions = await locatePredictions(deps, { monitor, due });
    const labels = await locateLabels(deps, { monitor, due });
    const request = { monitor, grid, window, at, knownAt, predictions, labels };
    return {
      current: await drawWindow(db, { ...request, exact: 'grid' }, draw),
      reference: await drawReference(db, { monitor, located, grid, ...(only && { only }) }, draw),
    };
  });
  const features = columns.flatMap((name) => {
    const [axis, counts] = [grid.axes[name], reference.profile.columns[name]];
    return axis === undefined || counts === undefined ? [] : [{ name, axis, reference: counts }];
  });
  const rows = binnedRows(sides, { features, task: monitor.model.task });
  const { overrides } = monitor.columns.features;
  const importances = byColumn(
    Object.entries(overrides).map(([name, { importance }]) => [name, importance]),
  );
  const past = [...(await pastOf(app, checked)), nowOf(checked)];
  return causesOf({ findings, importances, rows, window, past });
}

/** The features that moved most. */
function featuresOf(findings: readonly Finding[]): string[] {
  const whole = findings.filter(({ check, slice }) => check === 'psi' && isWhole({ slice }));
  const sorted = [...whole].sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  return sorted.slice(0, MOST_FEATURES).map(({ target }) => target);
}

async function pastOf(app: App, { monitor, window }: Checked): Promise<Past[]> {
  const commits = (await app.lake.commitsOf(monitor.model.id, { to: window.start })).slice(
    -MOST_WINDOWS,
  );
  const profiles = await app.lake.coarseProfiles(commits);
  return commits.map((commit, place) => pastOfCommit(commit, profiles[place] ?? null));
}

function pastOfCommit({ window, marks, monitor, reference }: Commit, profile: Profile | null) {
  return { end: window.end, marks, monitor, reference, ...shownBy(profile) };
}

/** The window that was checked, as one more of them. */
function nowOf({ window, findings, evaluated }: Checked): Past {
  const { profile, monitor, reference } = evaluated.evaluation;
  const marks = marksOf(findings);
  return { end: window.end, marks, monitor, reference, ...shownBy(profile) };
}

function shownBy(profile: Profile | null): Pick<Past, 'versions' | 'types'> {
  const versions: Record<string, number> = {};
  profile?.outcomes?.by['version']?.forEach((version: string | number, row: number) => {
    const n = profile.outcomes?.sums['n']?.[row] ?? 0;
    versions[String(version)] = (versions[String(version)] ?? 0) + n;
  });
  return { versions, types: profile?.types ?? {} };
}

/** The JSON of `check --why`. */
export function causesReport(causes: Causes): Record<string, unknown> {
  const { window, moved, timeline, ...rest } = causes;
  const time = (at: Instant | null): string | null => (at === null ? null : iso(at));
  return {
    ...rest,
    window: { start: iso(window.start), end: iso(window.end) },
    moved: moved.map((group) => ({
      ...group,
      since: time(group.since),
      features: group.features.map((one) => ({ ...one, since: time(one.since) })),
    })),
    timeline: {
      ...timeline,
      stages: timeline.stages.map((one) => ({ ...one, since: time(one.since) })),
      changes: timeline.changes.map((one) => ({ ...one, at: time(one.at) })),
    },
  };
}
