import { readFile, truncate, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ring } from '../../app/bell.js';
import { progress } from '../../workflows/messages.js';
import {
  alertsOf,
  deliveriesOf,
  expectOnceInSlack,
  expectWholeLake,
} from '../support/crash-story.js';
import { caughtUp, fileOf, monitorOf, NOON } from '../support/crash-world.js';
import { withWorld, writeLabels, writeWindows } from '../support/crash-world.js';
import type { Rows, World } from '../support/crash-world.js';
import { HOUR } from '../support/lake.js';
import { until } from '../support/namespace.js';
import { withSlack } from '../support/slack.js';
import type { FakeSlack } from '../support/slack.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';

const missing = temporalMissing();
const title = `windows that fell due while nobody worked${missing === null ? '' : `: ${missing}`}`;

const teams = `people:
  ana: { email: ana@example.com }
teams:
  watchers: { members: [ana], channels: ["slack:#ml"] }
  platform: { members: [ana], channels: [email] }
  leads: { members: [ana], channels: [email] }
root: team:platform
`;

async function withModels(
  monitors: Readonly<Record<string, string>>,
  options: { appliedAt: number },
  run: (world: World, slack: FakeSlack) => Promise<void>,
): Promise<void> {
  await withTemporal((temporal) =>
    withSlack(async (slack) => {
      const environment = {
        AFTERCARE_NOW: new Date(options.appliedAt).toISOString(),
        AFTERCARE_SLACK_TOKEN: 'xoxb-test',
        AFTERCARE_SLACK_API_URL: slack.apiUrl,
      };
      await withWorld({ temporal, monitors, teams, environment }, (world) => run(world, slack));
    }),
  );
}

/** The clock of the workers. */
const clockAt = (at: number) => ({ environment: { AFTERCARE_NOW: new Date(at).toISOString() } });

const all = (from: number, kind: Rows) =>
  Array.from({ length: from + 1 }, (_, index) => [from - index, kind] as const);

/** Results of the passes of a model that have ended. */
async function passesOf({ temporal }: World, model: string): Promise<unknown[]> {
  const results: unknown[] = [];
  for await (const { workflowId, type } of temporal.client.workflow.list()) {
    if (type !== 'evaluate' || !workflowId.startsWith(`evaluate/${model}-`)) continue;
    results.push(await temporal.client.workflow.getHandle(workflowId).query(progress));
  }
  return results;
}

describe.concurrent(title, { skip: missing !== null, timeout: 600_000 }, () => {
  test('ten windows are evaluated in order in one pass; what catchup leaves out is counted', async () => {
    const monitors = {
      since: monitorOf('since', 'watchers', 'retraining: { metric: rmse }'),
      short: monitorOf('short', 'watchers').replace('catchup: 2d', 'catchup: 4h'),
    };
    await withModels(monitors, { appliedAt: NOON - 9.5 * HOUR }, async (world) => {
      await writeWindows(world.folder, all(10, 'good'));
      const from = NOON - 10 * HOUR;
      await world.apply(from);
      await world.workHere(clockAt(NOON + HOUR / 2));
      for (const model of ['since', 'short']) await ring(world.app, world.temporal.client, model);
      await caughtUp(world, ['since', 'short'], 300);
      await expectWholeLake(world, ['since', 'short'], { from, to: NOON });
      await until(async () => (await passesOf(world, 'since')).length === 1, 'the pass is listed');
      expect(await passesOf(world, 'since')).toEqual([{ evaluated: 10, failed: 0, newest: NOON }]);

      expect((await world.app.lake.revisionsOf('since')).map((one) => one.notEvaluated)).toEqual(
        Array.from({ length: 10 }, () => null),
      );
      // Applied at 02:30; at 12:30 all that ended before 08:30 is older than four hours.
      const short = await world.app.lake.revisionsOf('short');
      const writtenOff = short.filter(({ notEvaluated }) => notEvaluated !== null);
      expect(writtenOff.map(({ window }) => (NOON - window.end) / HOUR)).toEqual([
        9, 8, 7, 6, 5, 4,
      ]);
      expect(writtenOff.map(({ verdict }) => verdict)).toEqual(writtenOff.map(() => 'unknown'));
      expect((await world.head('short')).notEvaluated).toBe(6);
      expect((await world.head('since')).notEvaluated).toBe(0);
    });
  });

  test('a file that is cut short holds nothing up, and counts again once it is whole', async () => {
    const monitors = { cut: monitorOf('cut', 'watchers') };
    await withModels(monitors, { appliedAt: NOON + HOUR / 2 }, async (world) => {
      const { app, folder, temporal } = world;
      await writeWindows(folder, all(3, 'good'));
      const file = fileOf(folder, 2);
      const whole = await readFile(file);
      await truncate(file, 700);
      await world.apply(NOON - 4 * HOUR);
      await world.workHere({});
      await caughtUp(world, ['cut'], 300);
      const before = await app.lake.revisionsOf('cut');
      expect(before.map(({ error }) => error !== null)).toEqual([false, true, false, false]);
      expect(before[1]?.error).toContain(file);
      expect(before[1]).toMatchObject({ revision: 1, verdict: 'unknown' });
      expect((await world.head('cut')).failed.map(({ end }) => end)).toEqual([NOON - 2 * HOUR]);

      // A pass that fails again writes nothing.
      await ring(app, temporal.client, 'cut');
      await until(async () => (await passesOf(world, 'cut')).length === 2, 'a second pass');
      await until(async () => isIdle(world, 'cut'), 'it ends');
      expect((await app.lake.revisionsOf('cut')).length).toBe(4);

      await writeFile(file, whole);
      await ring(app, temporal.client, 'cut');
      await until(async () => (await world.head('cut')).failed.length === 0, 'it is evaluated');
      const after = await app.lake.revisionsOf('cut');
      expect(
        after.map((one) => [(NOON - one.window.end) / HOUR, one.revision, one.error !== null]),
      ).toEqual([
        [3, 1, false],
        [2, 1, true],
        [2, 2, false],
        [1, 1, false],
        [0, 1, false],
      ]);
      expect((await app.lake.verify()).problems).toEqual([]);
    });
  });

  test('labels that mature raise a performance alert, and a restatement withdraws another', async () => {
    const labels = `labels: [{ from: { kind: parquet, path: "DATA/labels/*.parquet" },
  join: { on: { id: id } }, value: y, mature_after: 1h }]`;
    const checks = 'checks: [{ check: rmse, alert: { above: 3 }, min_rows: 10 }]';
    const text = monitorOf('late', 'watchers', checks).replace('labels: [{ value: y }]', labels);
    await withModels({ late: text }, { appliedAt: NOON + HOUR / 2 }, async (world, slack) => {
      const { app, folder, temporal } = world;
      await writeWindows(folder, [
        [1, 'good'],
        [0, 'holes'],
      ]);
      await world.apply(NOON - 2 * HOUR);
      const early = await world.workHere({});
      await caughtUp(world, ['late'], 300);
      const fired = (id: string) =>
        slack.messages.some(({ text: said, thread_ts }) => said.includes(id) && thread_ts === null);
      await until(() => fired('late missing values in x'), 'it fires');
      const categories = async () =>
        (await alertsOf(world, 'late')).map(({ category }) => category).join();
      await until(async () => (await categories()) === 'data-quality,drift', 'both are raised');
      // Nothing in doubt: whoever is told that it is withdrawn is told in the thread.
      await until(async () => {
        const told = [...(await deliveriesOf(world, 'late')).values()];
        return told.every((one) => one.some(({ state }) => state === 'sent'));
      }, 'it is known that it was sent');
      await early.stop();

      // The rows were repaired at their source, and the labels are five off.
      await mkdir(join(folder, 'data', 'labels'));
      await writeLabels(join(folder, 'data', 'labels', 'all.parquet'));
      await writeWindows(folder, [
        [0, 'good'],
        [-1, 'good'],
      ]);
      await world.workHere(clockAt(NOON + 1.5 * HOUR));
      await ring(app, temporal.client, 'late');
      await until(async () => (await world.head('late')).matureWatermark === NOON, 'restated');
      await until(async () => (await world.head('late')).watermark === NOON + HOUR, 'the next');
      const commits = await app.lake.revisionsOf('late');
      expect(commits.map((one) => [one.window.end, one.revision, one.mature])).toEqual([
        [NOON - HOUR, 1, true],
        [NOON, 1, false],
        [NOON, 2, true],
        [NOON + HOUR, 1, false],
      ]);
      await until(() => fired('late RMSE') || fired('late MAE'), 'the performance alert fires');
      const statusOf = async () =>
        Object.fromEntries(
          (await alertsOf(world, 'late')).map(({ category, status }) => [category, status]),
        );
      await until(async () => (await statusOf())['data-quality'] === 'withdrawn', 'withdrawn');
      expect(await statusOf()).toMatchObject({ performance: 'firing' });
      await until(
        () => slack.messages.some((one) => one.thread_ts !== null && /withdrawn/i.test(one.text)),
        'whoever heard it hears that it is withdrawn',
      );
      expectOnceInSlack(slack);
      expect((await app.lake.verify()).problems).toEqual([]);
    });
  });
});

/** No pass of the model runs. */
async function isIdle({ temporal }: World, model: string): Promise<boolean> {
  const query = "WorkflowType = 'evaluate' AND ExecutionStatus = 'Running'";
  for await (const { workflowId } of temporal.client.workflow.list({ query })) {
    if (workflowId.startsWith(`evaluate/${model}-`)) return false;
  }
  return true;
}
