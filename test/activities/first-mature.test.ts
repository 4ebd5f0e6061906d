import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { Finding } from '../../domain/finding.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Monitor, ReferenceSpec } from '../../domain/monitor.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { once } from '../support/once.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 2, 1);
const ROWS = 400;

const dateOf = (day: number): string => new Date(start + day * DAY).toISOString().slice(0, 10);

/** Rows of a day of which so many have another label than the model says. */
const rowsOf = (day: number, wrong: number): string =>
  `select '${day}-' || i as id, timestamp '${dateOf(day)} 12:00:00' as ts,
    case when i % 2 = 0 then 0.9 else 0.1 end::double as score,
    ((i % 2 = 0) <> (i < ${wrong}))::int as label from range(${ROWS}) t(i)`;

interface Story {
  performance: ReferenceSpec['performance'];
  /** Wrong answers of the training rows, and of each day. */
  training: number;
  days: readonly number[];
  matureAfter?: number;
  /** When each day is looked at, after its end; absent: when its labels are mature. */
  lookedAt?: (day: number) => number;
}

/** The findings of accuracy, and of how it went, of each day. */
interface Found {
  accuracy: Finding[];
  trend: Finding[];
}

/** Each day is evaluated and committed after the one before. */
async function findingsOf(story: Story): Promise<Found> {
  const found: Found = { accuracy: [], trend: [] };
  await withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const write = (name: string, rows: string) => writeRows(db, path.join(folder, name), rows);
      await write('training.parquet', rowsOf(-9, story.training));
      for (const [day, wrong] of story.days.entries()) {
        await write(`${dateOf(day)}.parquet`, rowsOf(day, wrong));
      }
      const monitor = monitorIn(folder, story);
      const deps = { lake, clock: () => start } as unknown as Deps;
      let pin: ReferencePin | null = null;
      for (const day of story.days.keys()) {
        const from = start + day * DAY;
        const window = { start: from, end: from + DAY, weekday: new Date(from).getUTCDay() || 7 };
        const knownAt = window.end + (story.lookedAt?.(day) ?? story.matureAfter ?? 0);
        const due = { window, revision: 1, at: window.end, knownAt };
        const head = { reference: pin };
        const given = { monitor, fingerprint: 'm', due, head, landDir: folder };
        const evaluated = await evaluate(deps, db, { ...given, exact: 'grid' });
        pin = evaluated.pin;
        const { evaluation, mature, profileFile } = evaluated;
        const rest = {
          mature,
          profileFile,
          notEvaluated: null,
          others: 'judged' as const,
          attempt: `a${day}`,
        };
        await commitEvaluation(deps, db, { evaluation, ...rest });
        const named = (name: string) => evaluation.findings.filter(({ check }) => check === name);
        found.accuracy.push(...named('accuracy'));
        found.trend.push(...named('decay_trend'));
      }
    }),
  );
  return found;
}

function monitorIn(folder: string, { performance, matureAfter = 0 }: Story): Monitor {
  const parquet = (name: string) => {
    return { kind: 'parquet' as const, path: path.join(folder, name), where: null };
  };
  const limits = { warn: null, alert: { drop: 0.05 }, minRows: 100, rule: 'calibrated' as const };
  const asked = { name: null, against: null, targets: null, running: null, every: null };
  const bare = monitorOf({ predictions: parquet('{date}.parquet') });
  return {
    ...bare,
    model: { ...bare.model, task: 'binary' },
    columns: {
      ...bare.columns,
      prediction: { kind: 'probability', column: 'score', threshold: 0.5 },
    },
    labels: {
      ...{ name: 'target', from: null, on: {}, value: 'label', positive: ['1'] },
      ...{ timestamp: null, matureAfter },
    },
    reference: {
      drift: { kind: 'training', from: parquet('training.parquet'), trainedUntil: null },
      ...{ others: {}, performance },
    },
    checks: ['accuracy', 'decay_trend'].map((check) => {
      const own = check === 'accuracy' ? limits : checkNamed(check).defaults;
      return { ...own, check, ...asked, params: {} };
    }),
  };
}

const shown = (findings: readonly Finding[]) =>
  findings.map(({ verdict, details }) => [verdict, details['reference'] ?? null]);

const twoDays = { kind: 'first_mature', size: 2 * DAY } as const;

// training: 4 of 400 wrong (0.99); live 60, 80 wrong (0.825 in both together), then 60, then 120
const days = [60, 80, 60, 120];
const story = { performance: twoDays, training: 4, days };
const foundOnce = once(() => findingsOf(story));

describe('what a metric is held against', () => {
  test('is the first windows, not what the model was trained on', async () => {
    const { accuracy: found } = await foundOnce();
    expect(shown(found)).toEqual([
      ['unknown', null],
      ['unknown', null],
      ['ok', 0.825],
      ['alert', 0.825],
    ]);
    expect(found[0]).toMatchObject({ reason: 'no_reference', value: 0.85 });
    expect(found[0]?.sentence).toBe(
      'accuracy is 0.85; the first mature windows, which it is held against, are not there yet.',
    );
    expect(found[3]?.sentence).toContain('accuracy is 0.7 [');
    expect(found[3]?.sentence).toContain('0.825 in the first 2 d');
  });
  test('is the labels of the reference where those were held out', async () => {
    const two = { ...story, performance: { kind: 'held_out' } as const, days: [60, 120] };
    const { accuracy: found } = await findingsOf(two);
    expect(shown(found)).toEqual(two.days.map(() => ['alert', 0.99]));
    expect(found[0]?.sentence).toContain('0.99 on the reference');
  });
  test('stays the first windows once they are there', async () => {
    const { accuracy: found } = await findingsOf({ ...story, days: [60, 80, 4, 4, 60] });
    expect(shown(found).slice(2)).toEqual([
      ['ok', 0.825],
      ['ok', 0.825],
      ['ok', 0.825],
    ]);
  });
  test('waits until the labels of the first windows are mature', async () => {
    const { accuracy: found } = await findingsOf({ ...story, matureAfter: DAY });
    // each day is looked at when its own labels are mature, so that those before it are
    expect(shown(found)[3]).toEqual(['alert', 0.825]);
  });
});

describe('how a metric went', () => {
  test('is told from the windows before, as they were committed', async () => {
    const { trend: found } = await foundOnce();
    expect(found.map(({ sentence }) => sentence)).toEqual(
      [1, 2, 3, 4].map(
        (n) =>
          `decay_trend of accuracy: ${n} ${n === 1 ? 'window' : 'windows'} with mature labels, 28 needed.`,
      ),
    );
  });
  test('is a trend after 28 windows, of the values that they had', async () => {
    // 40 of 400 answers are wrong on the first day, and 2 more on each: accuracy falls by 0.005 a
    // day, 0.14 in 28 days; the median of 28 days is 0.9 - 13.5 * 0.005 = 0.8325, 0.3325 above 0.5
    const wrong = Array.from({ length: 28 }, (_, day) => 40 + 2 * day);
    const { trend: found } = await findingsOf({ ...story, days: wrong });
    const last = found.at(-1);
    expect(found.slice(0, -1).every(({ verdict }) => verdict === 'unknown')).toBe(true);
    expect(last?.value).toBeCloseTo(0.14 / 0.3325, 9);
    expect(last?.sentence).toContain('accuracy is 0.765 and gets worse by 0.14 in 28 days');
  }, 120_000);
  test('counts windows that were looked at with mature labels alone', async () => {
    // the second day was judged before its labels were complete, and nobody looked again
    const lookedAt = (day: number) => (day === 1 ? 0 : DAY);
    const { trend: found } = await findingsOf({ ...story, matureAfter: DAY, lookedAt });
    expect(found.map(({ reason }) => reason)).toEqual([
      'insufficient_data',
      'immature',
      'insufficient_data',
      'insufficient_data',
    ]);
    expect(found[3]?.sentence).toContain(': 3 windows with mature labels');
  });
});
