import { marksOf } from '../../activities/marks.js';
import { checkNamed, defaultChecks } from '../../checks/index.js';
import { evaluateChecks } from '../../checks/evaluate.js';
import { replayAlert } from '../../domain/alerting/replay.js';
import type { WindowMarks } from '../../domain/alerting/conditions.js';
import { firingAfter, loudOnly, memberEpisodes } from '../../domain/backtesting/episodes.js';
import type { Episode } from '../../domain/backtesting/episodes.js';
import type { Finding } from '../../domain/finding.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Grid, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { monitorOf } from '../checks/evidence.js';
import { chanceOf } from './chance.js';
import type { Chance } from './chance.js';
import type { Peer } from './peers.js';
import {
  coarse,
  drawDay,
  evidenceOf,
  featuresOf,
  gridOf,
  pool,
  truthsOf,
  windowAt,
} from './world.js';
import type { Cells, Day, Feature, Geometry, Rows, Truth } from './world.js';

/** A monitor of nothing but features, with every default that the checks have. */
export function featureMonitor(more: { floor?: number } = {}): Monitor {
  const bare = monitorOf();
  const columns = { ...bare.columns, id: [] };
  const names = defaultChecks({ ...bare, columns }).filter(
    (name) => checkNamed(name).over === 'feature',
  );
  const checks = names.map((name): CheckSpec => {
    const { warn, alert, minRows, rule, ...params } = checkNamed(name).defaults;
    const limits = { warn: name === 'psi' ? (more.floor ?? warn) : warn, alert, minRows, rule };
    const asked = { check: name, name: null, against: null, targets: null };
    return { ...asked, ...limits, running: null, every: null, params };
  });
  return { ...bare, columns, checks };
}

/** A model and its windows: the reference's first, then those that are watched. */
export interface World {
  geometry: Geometry;
  features: readonly Feature[];
  /** By window, then by feature. */
  truths: readonly (readonly Truth[])[];
  days: readonly Day[];
}

/** One row of a table of an experiment: so many worlds of a geometry. */
export interface Setting {
  row: string;
  geometry: Geometry;
  runs: number;
  /** Part of the seeds: another series is other dice. */
  series: string;
}

/** What is done to the truth of a watched window; `index` counts from 0. */
export interface Injury {
  feature: string;
  truth?: (truth: Truth, index: number) => Truth;
  rows?: Rows;
}

/** Draws a world; the same seed gives the same one. */
export function worldOf(geometry: Geometry, seed: string): World {
  const chance = chanceOf(seed);
  const features = featuresOf(geometry, seed);
  const truths = truthsOf(geometry, features, chance);
  const days = truths.map((day, index) => {
    const window = windowAt(geometry, index);
    const part = index < geometry.reference ? 'reference' : 'live';
    return drawDay(geometry, features, { window, truths: day, part, chance });
  });
  return { geometry, features, truths, days };
}

/** The same world with one feature hurt in every watched window; all else is shared. */
export function injured(world: World, injury: Injury, chance: Chance): World {
  const { geometry, features, truths } = world;
  const place = features.findIndex(({ name }) => name === injury.feature);
  const days = world.days.map((day, index) => {
    const truth = truths[index]?.[place];
    const live = index - geometry.reference;
    if (live < 0 || truth === undefined) return day;
    const { window } = day.profile;
    const rows = injury.rows === undefined ? {} : { [injury.feature]: injury.rows };
    const hurt = [injury.truth?.(truth, live) ?? truth];
    const drawn = drawDay(geometry, features.slice(place, place + 1), {
      ...{ window, truths: hurt, rows, part: 'live', chance },
    });
    const columns = { ...day.profile.columns, ...drawn.profile.columns };
    return { profile: { ...day.profile, columns }, cells: { ...day.cells, ...drawn.cells } };
  });
  return { ...world, days };
}

interface Usual {
  grid: Grid;
  periods: Profile[];
  whole: Day;
  /** The cells of each window, by feature, and of all of them. */
  windows: Cells[][];
  reference: Cells[];
}

/** Worlds that share their first windows share what is usual. */
const usuals = new WeakMap<Day, Map<number, Usual>>();

function usualOf({ features, days }: World, reference: number): Usual {
  const [first] = days;
  if (first === undefined) throw new Error('a world has windows');
  const known = usuals.get(first)?.get(reference);
  if (known !== undefined) return known;
  const grid = gridOf(features);
  const used = days.slice(0, reference);
  const whole = pool(features, used);
  const usual = {
    ...{ grid, whole, periods: used.map(({ profile }) => coarse(grid, profile)) },
    ...{ windows: used.map((day) => sideOf(features, day)), reference: sideOf(features, whole) },
  };
  usuals.set(first, (usuals.get(first) ?? new Map<number, Usual>()).set(reference, usual));
  return usual;
}

const sideOf = (features: readonly Feature[], day: Day): Cells[] =>
  features.map(({ name }) => day.cells[name] ?? new Float64Array());

/** Evidence of the watched windows; the first `reference` windows are what is usual. */
export function evidences(world: World): Evidence[] {
  const { reference } = world.geometry;
  const { grid, periods, whole } = usualOf(world, reference);
  const before: Profile[] = [...periods];
  return world.days.slice(reference).map(({ profile }) => {
    const earlier = before.slice(-90);
    before.push(coarse(grid, profile));
    return evidenceOf({ grid, current: profile, reference: whole.profile, periods, earlier });
  });
}

export function findingsOf(monitor: Monitor, evidence: Evidence): Finding[] {
  const { window } = evidence.current;
  const frame = { inputs: '', run: '', window, revision: 0 };
  return evaluateChecks({ monitor, evidence, shown: [], ...frame });
}

/** What the monitor said of some windows, through the alert's own reducer. */
export interface Told {
  /** Targets that fire after each window, whatever the check. */
  firing: ReadonlySet<string>[];
  episodes: Episode[];
  /** Alerts that would have been opened: episodes of the model by category. */
  alerts: number;
}

export function told(monitor: Monitor, findings: readonly (readonly Finding[])[]): Told {
  const windows = findings.map((list) => ({
    windowEnd: list[0]?.window.end ?? 0,
    revision: 0,
    marks: marksOf(list),
  }));
  return toldOf(monitor, windows);
}

function toldOf(monitor: Monitor, windows: readonly WindowMarks[]): Told {
  const { keepFiringFor } = monitor.alerts;
  const firing = firingAfter(windows, keepFiringFor).map(
    (members) => new Set([...members].map((member) => member.split('/')[1] ?? '')),
  );
  return {
    firing,
    episodes: memberEpisodes(windows, keepFiringFor),
    alerts: alertsOf(monitor, windows),
  };
}

function alertsOf(monitor: Monitor, windows: readonly WindowMarks[]): number {
  const categories = ['data-quality', 'drift'] as const;
  const rules = {
    policy: monitor.alerts,
    route: { levels: [], root: [] },
    windowSize: 86_400_000,
  };
  return categories.reduce((sum, category) => {
    const key = { model: 'simulated', category };
    const of = loudOnly(windows).map((window) => ({
      ...window,
      marks: window.marks.filter((mark) => mark.category === category),
    }));
    if (of.every(({ marks }) => marks.length === 0)) return sum;
    return sum + replayAlert({ rules, key, windows: of }).episodes.length;
  }, 0);
}

/** The features that a rule of another tool calls drifted, window by window. */
export function drifted(world: World, peer: Peer): boolean[][] {
  const { geometry, features, days } = world;
  const { windows, reference } = usualOf(world, geometry.reference);
  return days
    .slice(geometry.reference)
    .map((day) => peer.drifted({ features, current: sideOf(features, day), reference, windows }));
}
