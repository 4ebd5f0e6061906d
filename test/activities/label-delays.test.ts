import path from 'node:path';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import { cellOfDelay, delayAt } from '../../domain/delay.js';
import type { Finding } from '../../domain/finding.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';
import { total } from '../../domain/profile.js';
import type { Evaluation } from '../../domain/run.js';
import { DAY, HOUR, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 1);
const matureAfter = 2 * DAY;
const SLOW_FROM = 8;
const DAYS = 15;

/** 120 predictions a day, one every twelve minutes. */
const PREDICTIONS = `select day * 120 + i as id,
  timestamp '2026-01-01' + to_days(day::int) + to_minutes(12 * i::int) as ts, 0.5::double as score
  from range(${DAYS}) days(day), range(120) rows(i)`;

/** 96 of them get a label: 72 after 2 h, 24 after 30 h, of the last days after 75 h. */
const LABELS = `select id, 1 as y, ts + to_hours(case when id % 5 <> 1 then 2
  when id < ${SLOW_FROM} * 120 then 30 else 75 end) as known
  from (${PREDICTIONS}) where id % 5 <> 0`;

interface World {
  /** Evaluates a day when its labels are mature, or at its end, and commits it. */
  judge: (day: number, kind: 'first' | 'mature', monitor?: Monitor) => Promise<Evaluation>;
  monitor: Monitor;
}

async function withWorld(run: (world: World) => Promise<void>): Promise<void> {
  await withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const parquet = (name: string) => {
        return { kind: 'parquet' as const, path: path.join(folder, name), where: null };
      };
      await writeRows(db, path.join(folder, 'live.parquet'), PREDICTIONS);
      await writeRows(db, path.join(folder, 'labels.parquet'), LABELS);
      const { defaults } = checkNamed('label_delay');
      const spec = { check: 'label_delay', name: null, against: null, targets: null, ...defaults };
      const monitor = monitorOf({
        predictions: parquet('live.parquet'),
        columns: { prediction: { kind: 'probability', column: 'score', threshold: 0.5 } },
        labels: {
          ...{ name: 'target', from: parquet('labels.parquet'), on: { id: 'id' }, value: 'y' },
          ...{ positive: ['1'], timestamp: 'known', matureAfter },
        },
        reference: {
          drift: { kind: 'training', from: parquet('live.parquet'), trainedUntil: null },
          ...{ others: {}, performance: null },
        },
        checks: [{ ...spec, running: null, every: null, params: {} }],
      });
      const deps = { lake, clock: () => start } as unknown as Deps;
      let pin: ReferencePin | null = null;
      const judge: World['judge'] = async (day, kind, judged = monitor) => {
        const from = start + day * DAY;
        const window = { start: from, end: from + DAY, weekday: new Date(from).getUTCDay() || 7 };
        const knownAt = window.end + (kind === 'mature' ? matureAfter : 0);
        const revision = kind === 'mature' ? 2 : 1;
        const found = await evaluate(deps, db, {
          ...{ monitor: judged, fingerprint: 'm', head: { reference: pin }, landDir: folder },
          ...{ exact: 'grid', due: { window, revision, kind, at: window.end, knownAt } },
        });
        pin = found.pin;
        const { evaluation, mature, profileFile } = found;
        const rest = { mature, profileFile, notEvaluated: null, attempt: `${kind}${day}` };
        await commitEvaluation(deps, db, { evaluation, ...rest });
        return evaluation;
      };
      await run({ judge, monitor });
    }),
  );
}

const cellsOf = ({ profile }: Evaluation, name: string) => {
  const { by, sums } = profile?.asked[name] ?? { by: {}, sums: {} };
  return Array.from(by['cell'] ?? [], Number).map((cell, row) => {
    return [cell, sums['n']?.[row] ?? 0, sums['labels']?.[row] ?? 0];
  });
};

const findingOf = ({ findings }: Evaluation): Finding | undefined =>
  findings.find(({ check }) => check === 'label_delay');

test('delays are counted anew when labels mature, and pooled over windows that were kept', () =>
  withWorld(async ({ judge }) => {
    const cell = (hours: number) => cellOfDelay(hours * HOUR).cell;
    let last: Finding | undefined;
    for (let day = 0; day < DAYS; day++) {
      const isLast = day === DAYS - 1;
      if (isLast) {
        const early = await judge(day, 'first');
        expect(findingOf(early)).toMatchObject({ verdict: 'unknown', reason: 'immature' });
        // 110 rows are 2 h old at the end of the day; 6 of 10 rows get their label then
        expect(total(early.profile?.asked['delays'], 'labels')).toBe(66);
        expect(early.profile?.asked).not.toHaveProperty('late_delays');
      }
      const whole = await judge(day, 'mature');
      // the columns stay as they were counted at the end of the day
      if (isLast) expect(whole.profile?.columns).toEqual({});
      expect(total(whole.profile?.asked['delays'], 'labels')).toBe(day < SLOW_FROM ? 96 : 72);
      expect(cellsOf(whole, 'delays')).toContainEqual([cell(2), 72, 72]);
      // the window that ended four days before, six days after its end
      const older = day - 4;
      const late = cellsOf(whole, 'late_delays');
      if (older < 0) expect(late).toEqual([]);
      else expect(late).toContainEqual([cell(older < SLOW_FROM ? 30 : 75), 24, 24]);
      last = findingOf(whole);
    }
    // Days 0 to 7: 72 of 120 rows at 2 h, 24 at 30 h; 95 % of 0.8 is 0.76: 0.8 of the latter.
    expect(last?.details['reference']).toBeCloseTo(delayAt(cell(30), 0.8), 3);
    // Days 8 to 14: 0.6 at 2 h, then 48 rows wait on. Of days 4 to 10, which were looked at once
    // more, 4 · 24 + 3 · 48 wait on, and 3 · 24 of them get a label at 75 h.
    const comes = 1 - 0.4 * (168 / 240);
    const value = delayAt(cell(75), (0.95 * comes - 0.6) / (comes - 0.6));
    expect(last?.value).toBeCloseTo(value, 3);
    expect(last?.details['comes']).toBeCloseTo(comes, 12);
    expect(last).toMatchObject({ verdict: 'warn', revision: 2, nCurrent: 7 * 72 });
    expect(last?.sentence).toMatch(/; mature_after is 2 d: 16\.7 % of them come later\.$/);
  }));

test('nothing of delays is counted where no check asks, or no label has a time', () =>
  withWorld(async ({ judge, monitor }) => {
    const silent = await judge(0, 'mature', { ...monitor, checks: [] });
    expect(Object.keys(silent.profile?.asked ?? {})).not.toContain('delays');
    const labels = monitor.labels && { ...monitor.labels, timestamp: null };
    const timeless = await judge(1, 'mature', { ...monitor, labels });
    expect(findingOf(timeless)?.sentence).toContain('name the column of the second as labels[].');
  }));
