import type { Evidence } from '../../domain/score.js';
import { chanceOf } from './chance.js';
import { share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';
import { changes } from './injuries.js';
import type { Change } from './injuries.js';
import { peers } from './peers.js';
import {
  drifted,
  evidences,
  featureMonitor,
  findingsOf,
  injured,
  told,
  worldOf,
} from './simulate.js';
import type { World } from './simulate.js';
import { usualGeometry } from './world.js';
import type { Geometry } from './world.js';

const BY = [1, 3, 7, 30] as const;

interface Setting {
  title: string;
  geometry: Geometry;
  runs: number;
  series: string;
  changes: readonly Change[];
  /** Its figures must hold. */
  binding: boolean;
}

const base: Geometry = { ...usualGeometry, noise: 'jitter', live: 30 };

function settings(size: Size): Setting[] {
  const must = changes.filter(({ within }) => within !== null);
  const usual = { title: 'n = 1,000', geometry: base, series: 'first', binding: true };
  if (size === 'quick') {
    return [{ ...usual, geometry: { ...base, live: 7 }, runs: 2, changes: must }];
  }
  const other: Geometry = {
    ...{ ...base, numeric: 12, categorical: 8, rows: 3000, days: 7, reference: 28, live: 7 },
    shape: 'log-normal',
  };
  return [
    { ...usual, runs: 40, changes },
    { ...usual, title: 'n = 1,000, again', series: 'second', runs: 40, changes: must },
    {
      ...{ title: '20 features, log-normal, n = 3,000, weeks', geometry: other },
      ...{ series: 'first', runs: 24, changes, binding: false },
    },
  ];
}

/** Whether changes of one feature of many are found, and when. */
export const ax10: Experiment = {
  id: 'AX10',
  run(size) {
    const tables = settings(size).flatMap((setting) => {
      const found = measure(setting);
      return [
        { title: `Found by Aftercare, ${setting.title}`, figures: found.ours },
        { title: `Found within 7 windows by other rules, ${setting.title}`, figures: found.theirs },
      ];
    });
    return {
      id: 'AX10',
      title: 'changes of one feature among many',
      setup:
        'One of 50 features changes and stays changed; jitter of 0.05 sd, 30 reference days. Found: ' +
        'the alert fires for that feature, by the default checks together. The other rules have no ' +
        'persistence: one flagged window counts; how often they flag where nothing is wrong is ' +
        'told by AX9.',
      tables,
    };
  },
};

function measure(setting: Setting): { ours: Figure[]; theirs: Figure[] } {
  const { geometry, runs, series } = setting;
  const days = BY.filter((day) => day <= geometry.live);
  const found = new Map(setting.changes.map(({ name }) => [name, days.map(() => 0)]));
  const flagged = new Map(setting.changes.map(({ name }) => [name, peers.map(() => 0)]));
  for (let run = 0; run < runs; run++) {
    const seed = `AX10/${series}/${setting.title}/${String(run)}`;
    const world = worldOf(geometry, seed);
    for (const change of setting.changes) {
      const feature = targetOf(world, change, run);
      const own = world.features.find(({ name }) => name === feature);
      if (own === undefined) throw new Error(`no feature ${feature}`);
      const chance = chanceOf(`${seed}/${change.name}`);
      const hurt = injured(world, { feature, ...change.injure(own) }, chance);
      const day = firstFound(hurt, feature);
      const place = world.features.indexOf(own);
      days.forEach((by, k) => count(found.get(change.name), k, day <= by));
      const week = { ...hurt, days: hurt.days.slice(0, geometry.reference + 7) };
      peers.forEach((peer, k) => {
        const hit = drifted(week, peer).some((flags) => flags[place] === true);
        count(flagged.get(change.name), k, hit);
      });
    }
  }
  const ours = setting.changes.flatMap(({ name: row, within }) =>
    days.map((day, k) => {
      const must = setting.binding && day === within ? { least: 0.95 } : null;
      const hits = found.get(row)?.[k] ?? 0;
      return share({ row, column: `by window ${String(day)}`, must }, { hits, n: runs });
    }),
  );
  const theirs = setting.changes.flatMap(({ name: row }) =>
    peers.map(({ name: column }, k) =>
      share({ row, column }, { hits: flagged.get(row)?.[k] ?? 0, n: runs }),
    ),
  );
  return { ours, theirs };
}

function count(list: number[] | undefined, place: number, hit: boolean): void {
  if (list !== undefined && hit) list[place] = (list[place] ?? 0) + 1;
}

/** Another feature in each run. */
function targetOf({ geometry }: World, { kind }: Change, run: number): string {
  return kind === 'numeric'
    ? `n${String(run % geometry.numeric)}`
    : `c${String(run % geometry.categorical)}`;
}

/** Number of the first window at which the alert fires for a feature; Infinity: never. */
function firstFound(world: World, feature: string): number {
  const monitor = featureMonitor();
  const days: Evidence[] = evidences(world);
  const findings: ReturnType<typeof findingsOf>[] = [];
  for (const evidence of days) {
    findings.push(findingsOf(monitor, evidence));
    const isBad = findings
      .at(-1)
      ?.some(
        ({ target, verdict }) => target === feature && (verdict === 'warn' || verdict === 'alert'),
      );
    if (isBad !== true) continue;
    if (told(monitor, findings).firing.at(-1)?.has(feature) === true) return findings.length;
  }
  return Infinity;
}
