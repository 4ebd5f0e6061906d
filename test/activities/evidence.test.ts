import path from 'node:path';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import { isSound } from '../../activities/earlier-windows.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { evidencesOf } from '../../activities/evaluate-evidence.js';
import { referenceOf } from '../../activities/reference.js';
import { checkNamed } from '../../checks/index.js';
import { shownOnly } from '../../checks/questions.js';
import type { Mark } from '../../domain/finding.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Monitor, ReferenceSource } from '../../domain/monitor.js';
import { addCounts } from '../../domain/adding.js';
import { total } from '../../domain/profile.js';
import type { Profile } from '../../domain/profile.js';
import { isFiles } from '../../domain/source-spec.js';
import type { Duck } from '../../lake/duck.js';
import type { Lake } from '../../lake/lake.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { lentOnce } from '../support/once.js';
import { cellsOf, writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 1);
const windowAt = (day: number) => {
  const from = start + day * DAY;
  return { start: from, end: from + DAY, weekday: new Date(from).getUTCDay() || 7 };
};

/** 40 rows a day, day d from `from`: x rises with the day, version v2 from day 20 on. */
const rows = (from: number, days: number) =>
  `select i as id, epoch_ms(${start + from * DAY} + (i * ${DAY / 40})::bigint) as ts,
    (i % 40)::double + floor(i / 40) as x, ['FR', 'US'][1 + i % 2] as country,
    case when i < 800 then 'v1' else 'v2' end as version from range(${days * 40}) g(i)`;

interface World {
  deps: Deps;
  db: Duck;
  lake: Lake;
  folder: string;
  monitor: Monitor;
  fingerprint: string;
}

/** The monitor's days of predictions begin at day 0; its training rows end there. */
async function withWorld(
  trained: number,
  others: Record<string, ReferenceSource>,
  run: (world: World) => Promise<void>,
): Promise<void> {
  await withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const parquet = (name: string) => ({
        ...{ kind: 'parquet' as const, path: path.join(folder, name), where: null },
      });
      await writeRows(db, path.join(folder, 'training.parquet'), rows(-trained, trained));
      await writeRows(db, path.join(folder, 'live.parquet'), rows(0, 40));
      const monitor = monitorOf({
        predictions: parquet('live.parquet'),
        columns: { version: 'version', features: { include: ['x'], exclude: [], overrides: {} } },
        segments: [{ name: 'country', by: 'country', top: 5, minRows: 1 }],
        reference: {
          drift: { kind: 'training', from: parquet('training.parquet'), trainedUntil: null },
          ...{ others, performance: null },
        },
      });
      const deps = { lake, clock: () => 0 } as unknown as Deps;
      const fingerprint = await lake.putObject('monitor', { monitor });
      await run({ deps, db, lake, folder, monitor, fingerprint });
    }),
  );
}

async function evaluated(
  { deps, db, folder, monitor, fingerprint }: World,
  day: number,
  pin: ReferencePin | null,
) {
  const window = windowAt(day);
  const due = { window, revision: 1, at: window.end, knownAt: window.end };
  const head = pin === null ? null : { reference: pin };
  const given = { monitor, fingerprint, due, head, landDir: folder };
  return evaluate(deps, db, { ...given, exact: 'grid' });
}

async function committed(world: World, days: number, from = 0): Promise<ReferencePin> {
  let pin: ReferencePin | null = null;
  for (let day = from; day < days; day++) {
    const { evaluation, pin: used, mature, profileFile } = await evaluated(world, day, pin);
    pin ??= used === null ? null : { ...used, since: start };
    const more = { mature, profileFile, notEvaluated: null, attempt: 'a' };
    await commitEvaluation(world.deps, world.db, { evaluation, ...more });
  }
  if (pin === null) throw new Error('No window, no pin.');
  return pin;
}

async function evidenceAt(world: World, day: number, pin: ReferencePin, earlier?: 'profile') {
  const { deps, db, monitor } = world;
  const { evaluation } = await evaluated(world, day, pin);
  const { profile, slices } = evaluation;
  if (profile === null) throw new Error(evaluation.error ?? 'no profile');
  const window = windowAt(day);
  const { path, where } = monitor.predictions;
  const predictions = { kind: 'parquet', path, where, files: [] } as const;
  const given = { monitor, head: { reference: pin }, at: window.end, predictions };
  const reference = await referenceOf(deps, db, { ...given, exact: 'grid' });
  const due = { window, at: window.end, knownAt: window.end };
  const measured = { monitor, due, reference, profile, slices, exact: 'grid' } as const;
  return evidencesOf(deps, db, { ...measured, ...(earlier && { earlier }) });
}

/** Twenty days of training and none else, and nine days that were judged: to be read only. */
const ninthOnce = lentOnce<{ world: World; pin: ReferencePin }>((run) =>
  withWorld(20, {}, async (world) => run({ world, pin: await committed(world, 9) })),
);

const starts = (profiles: readonly Profile[]) =>
  profiles.map(({ window }) => (window.start - start) / DAY);

test('a reference of 20 days is cut like the windows, also each slice of it', async () => {
  const { world, pin } = await ninthOnce();
  const { evidence, slices } = await evidenceAt(world, 1, pin);
  expect(evidence.usual).toBe('reference');
  expect(starts(evidence.periods)).toEqual(Array.from({ length: 20 }, (_, i) => i - 20));
  expect(evidence.periods.map(({ rows: n }) => n)).toEqual(Array.from({ length: 20 }, () => 40));
  const sum = addCounts(
    evidence.periods.map(({ columns }) => columns['x'] ?? { by: {}, sums: {} }),
  );
  expect(total(sum)).toBe(evidence.reference?.rows);
  expect(total(sum, 'sum')).toBeCloseTo(total(evidence.reference?.columns['x'], 'sum'), 6);
  expect(slices.map(({ current }) => current.slice)).toEqual([
    { country: 'FR' },
    { country: 'US' },
  ]);
  for (const slice of slices) {
    expect(slice.periods.map(({ rows: n }) => n)).toEqual(Array.from({ length: 20 }, () => 20));
    expect([slice.reference?.rows, slice.current.rows]).toEqual([400, 20]);
    expect(starts(slice.earlier)).toEqual([0]);
  }
});

test('an excluded day is no period and no earlier window', async () => {
  const { world, pin } = await ninthOnce();
  const sale = { name: 'sale', effect: 'exclude' as const, repeats: null };
  const at = (day: number) => ({ ...sale, start: windowAt(day).start, end: windowAt(day).end });
  const with2 = { ...world, monitor: { ...world.monitor, events: [at(-5), at(1)] } };
  const { evidence } = await evidenceAt(with2, 3, pin);
  expect(starts(evidence.periods)).not.toContain(-5);
  expect(evidence.periods).toHaveLength(19);
  expect(starts(evidence.earlier)).toEqual([0, 2]);
});

test('without enough of them the first 28 live windows are usual, and stay so', async () => {
  await withWorld(5, {}, async (world) => {
    const pin = await committed(world, 28);
    const before = await evidenceAt(world, 27, pin);
    expect([before.evidence.usual, before.evidence.periods]).toEqual([null, []]);
    const { evidence, slices } = await evidenceAt(world, 28, pin);
    expect(evidence.usual).toBe('live');
    expect(starts(evidence.periods)).toEqual(Array.from({ length: 28 }, (_, i) => i));
    expect(slices[0]?.periods).toHaveLength(28);
    await committed(world, 30, 28);
    // A later revision of one of them is another result of that window, not of what was usual.
    const { evaluation } = await evaluated(world, 3, pin);
    const rewritten = {
      ...evaluation,
      revision: 2,
      profile: evaluation.profile && { ...evaluation.profile, rows: 7 },
    };
    const more = { mature: false, profileFile: null, notEvaluated: null, attempt: 'b' };
    await commitEvaluation(world.deps, world.db, { evaluation: rewritten, ...more });
    const later = await evidenceAt(world, 30, pin);
    expect(later.evidence.periods.map(({ rows: n }) => n)).toEqual(
      evidence.periods.map(({ rows: n }) => n),
    );
    expect(later.evidence.earlier.map(({ rows: n }) => n)).toContain(7);
    expect((await world.lake.verify()).problems).toEqual([]);
  });
});

test('references of six kinds stand beside the first, each with the rows that it names', async () => {
  const fixed = { start: windowAt(0).start, end: windowAt(30).end };
  const others: Record<string, ReferenceSource> = {
    yesterday: { kind: 'previous', weekday: false },
    lastWeek: { kind: 'previous', weekday: true },
    rolling: { kind: 'rolling', windows: 3, weekday: false },
    fixed: { kind: 'window', start: windowAt(2).start, end: windowAt(4).start },
    old: { kind: 'version', version: 'v1', ...fixed },
    french: { kind: 'segment', segment: 'country', value: 'FR' },
    nobody: { kind: 'version', version: 'v9', ...fixed },
  };
  const { world: bare, pin } = await ninthOnce();
  const reference = { ...bare.monitor.reference, others };
  const world = { ...bare, monitor: { ...bare.monitor, reference } };
  const { evidence, slices } = await evidenceAt(world, 9, pin);
  const { references } = evidence;
  const spans = Object.entries(references).map(([name, { rows: n, window }]) => [
    name,
    n,
    starts([{ window } as Profile])[0],
  ]);
  expect(spans).toEqual([
    ['yesterday', 40, 8],
    ['lastWeek', 40, 2],
    ['rolling', 120, 6],
    ['fixed', 80, 2],
    ['old', 800, 0],
    ['french', 20, 9],
  ]);
  // Yesterday's rows are today's but for the level, which rises by one a day.
  const mean = (one: Profile | undefined) => total(one?.columns['x'], 'sum') / (one?.rows ?? NaN);
  expect(mean(references['yesterday'])).toBeCloseTo(19.5 + 8, 9);
  expect(mean(references['rolling'])).toBeCloseTo(19.5 + 7, 9);
  expect(mean(references['french'])).toBeCloseTo(19 + 9, 9);
  expect(slices[0]?.references['rolling']?.rows).toBe(60);
  expect(slices[0]?.references['old']?.rows).toBe(400);
  expect(slices[0]?.references['french']).toBeUndefined();
  // The second look finds the kept profile of fixed rows.
  const again = await evidenceAt(world, 9, pin);
  expect(cellsOf(again.evidence.references['old']?.columns['x'])).toEqual(
    cellsOf(references['old']?.columns['x']),
  );
});

test('by hand the windows before are profiled where nobody has evaluated them', async () => {
  await withWorld(20, {}, async (world) => {
    const drift = { kind: 'rolling' as const, windows: 3, weekday: false };
    const reference = { ...world.monitor.reference, drift };
    const moving = { ...world, monitor: { ...world.monitor, reference } };
    const { pin } = await evaluated(moving, 9, null);
    if (pin === null) throw new Error('No pin.');
    expect((await evidenceAt(moving, 9, pin)).evidence.reference).toBeNull();
    const { evidence, slices } = await evidenceAt(moving, 9, pin, 'profile');
    // Days 6, 7 and 8, of 40 rows each.
    expect(evidence.reference?.rows).toBe(120);
    expect(starts(evidence.reference === null ? [] : [evidence.reference])).toEqual([6]);
    expect(slices[0]?.reference?.rows).toBe(60);
    // The first day has none before it, by hand or not.
    expect((await evidenceAt(moving, 0, pin, 'profile')).evidence.reference).toBeNull();
  });
});

test('windows that nobody has judged are told of, and those with broken data left out', async () => {
  const rolling = { kind: 'rolling', windows: 3, weekday: false } as const;
  await withWorld(20, { usual: rolling }, async (world) => {
    const { predictions } = world.monitor;
    if (!isFiles(predictions)) throw new Error('No files.');
    // of day 7 x is null
    const broken = `select * replace (case when epoch_ms(ts) between ${windowAt(7).start}
      and ${windowAt(7).end - 1} then null else x end as x) from (${rows(0, 40)})`;
    await writeRows(world.db, predictions.path, broken);
    const checks = ['missing', 'schema'].map((check) => ({
      ...shownOnly(check),
      ...checkNamed(check).defaults,
    }));
    const watched = { ...world, monitor: { ...world.monitor, checks } };
    const { pin } = await evaluated(watched, 9, null);
    if (pin === null) throw new Error('No pin.');
    expect((await evidenceAt(watched, 9, pin)).notes).toEqual([]);
    const { evidence, notes } = await evidenceAt(watched, 9, pin, 'profile');
    const { usual } = evidence.references;
    // days 5, 6 and 8
    expect([usual?.rows, usual?.windows]).toEqual([120, 3]);
    expect(starts(usual === undefined ? [] : [usual])).toEqual([5]);
    expect(total(usual?.columns['x'], 'sum')).toBeCloseTo(40 * (3 * 19.5 + 5 + 6 + 8), 9);
    expect(notes).toEqual([
      'reference usual has 3 windows that nobody has judged, counted from the source: bad ones ' +
        'may be among them; 1 window with broken data was left out',
    ]);
  });
});

test('a window with broken data is no part of a reference that moves', () => {
  const mark = { check: 'schema', target: 'x', slice: '', patience: 1, running: null } as const;
  const of = (category: Mark['category'], verdict: Mark['verdict']) => ({
    marks: [{ ...mark, source: null, category, verdict }],
  });
  expect(isSound(of('data-quality', 'alert'))).toBe(false);
  expect(isSound(of('data-quality', 'warn'))).toBe(true);
  // What drifted is the new level: compared with the window before, it is told once.
  expect(isSound(of('drift', 'alert'))).toBe(true);
});

test('a drift reference that moves with the window is not there before the first one', async () => {
  await withWorld(20, {}, async (world) => {
    const drift = { kind: 'previous' as const, weekday: false };
    const reference = { ...world.monitor.reference, drift };
    const moving = { ...world, monitor: { ...world.monitor, reference } };
    const pin = await committed(moving, 2);
    expect((await evidenceAt(moving, 0, pin)).evidence.reference).toBeNull();
    const { evidence, slices } = await evidenceAt(moving, 2, pin);
    expect(starts(evidence.reference === null ? [] : [evidence.reference])).toEqual([1]);
    expect(slices[0]?.reference?.rows).toBe(20);
  });
});
