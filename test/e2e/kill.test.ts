import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lineageOf } from '../../app/lineage.js';
import { decideRequest, findRequest, openRequest } from '../../app/requests.js';
import { ring } from '../../app/bell.js';
import type { Point } from '../support/chaos.js';
import * as story from '../support/crash-story.js';
import { caughtUp, monitorOf, NOON, withWorld, writeWindows } from '../support/crash-world.js';
import type { World } from '../support/crash-world.js';
import { HOUR } from '../support/lake.js';
import { until } from '../support/namespace.js';
import { withSlack } from '../support/slack.js';
import type { FakeSlack } from '../support/slack.js';
import { withSmtp } from '../support/smtp.js';
import type { FakeSmtp } from '../support/smtp.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';
import { withReceiver } from '../support/webhook.js';
import type { Receiver } from '../support/webhook.js';

const missing = temporalMissing();
const title = `workers killed with -9 at a side effect${missing === null ? '' : `: ${missing}`}`;

/** `slackers`, `mailers` and `callers` escalate twice, within seconds. */
const teamsOf = (hook: string) => `people:
  ana: { email: ana@example.com }
  bo: { email: bo@example.com }
  chris: { email: chris@example.com }
teams:
  slackers: { members: [ana], policy: { steps: [
    { after: 0s, to: "slack:#ml" }, { after: 3s, to: "slack:#leads" }, { after: 4s, to: "slack:#root" }] } }
  mailers: { members: [ana], policy: { steps: [
    { after: 0s, to: ana }, { after: 3s, to: bo }, { after: 4s, to: chris }] } }
  callers: { members: [ana], policy: { steps: [
    { after: 0s, to: "webhook:ml" }, { after: 3s, to: "webhook:leads" },
    { after: 4s, to: "webhook:root" }] } }
  platform: { members: [chris], channels: [email] }
  leads: { members: [bo, chris], channels: [email] }
webhooks:
  ml: { url: "${hook}" }
  leads: { url: "${hook}" }
  root: { url: "${hook}" }
root: team:platform
`;
const levels = 3;
/** The longest wait, s: for a hang, not for a measure. */
const limit = 600;
/** The longest that one who stands at a point waits for the others, ms: shorter than its call may take. */
const fuse = 10_000;

interface Place {
  world: World;
  slack: FakeSlack;
  smtp: FakeSmtp;
  hook: Receiver;
}

async function withPlace(
  points: readonly Point[],
  options: { owner: (model: string) => string; more?: (folder: string) => string },
  run: (place: Place) => Promise<unknown>,
): Promise<void> {
  await withTemporal((temporal) =>
    withSlack((slack) =>
      withSmtp({}, (smtp) =>
        withReceiver([], async (hook) => {
          slack.channels.set('leads', 'C0LEADS').set('root', 'C0ROOT');
          // The look-up reads the last day of the notices' clock, as in a channel of usual traffic.
          Object.assign(slack, { firstTs: NOON / 1_000, pageSize: 200 });
          const monitors = Object.fromEntries(
            story
              .modelsOf(points)
              .map((model) => [
                model,
                monitorOf(model, options.owner(model), options.more?.('DATA')),
              ]),
          );
          const environment = {
            AFTERCARE_SLACK_TOKEN: 'xoxb-test',
            AFTERCARE_SLACK_API_URL: slack.apiUrl,
            AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
            AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'true',
          };
          const teams = teamsOf(hook.url);
          await withWorld({ temporal, monitors, teams, environment }, (world) =>
            run({ world, slack, smtp, hook }),
          );
        }),
      ),
    ),
  );
}

/** What must hold after every kill, wherever it was; gives what went out twice, by channel. */
async function expectRecovered(
  { world, slack, smtp, hook }: Place,
  models: string[],
): Promise<{ mails: string[]; calls: string[] }> {
  for (const model of models) {
    const told = await story.deliveriesOf(world, model);
    expect(told.size, model).toBeGreaterThan(0);
    story.expectSentIsLast(told);
  }
  story.expectOnceInSlack(slack);
  const all = await Promise.all(models.map((model) => story.deliveriesOf(world, model)));
  await story.expectReplays(world);
  const records = new Map(all.flatMap((one) => [...one]));
  return {
    mails: story.expectOnlyDoubtfulMailRepeats(smtp, records),
    calls: story.expectOnlyDoubtfulCallsRepeat(hook, records),
  };
}

/** What the owners hear of; a channel can look dead for a while on a machine that is very busy. */
async function owned(world: World, model: string) {
  const alerts = await story.alertsOf(world, model);
  return alerts.filter(({ category }) => category !== 'notify-health');
}

/** One alert for each category, each told to every level, every delivery at its end. */
async function escalated({ world }: Place, models: readonly string[]): Promise<void> {
  for (const model of models) {
    await until(
      async () => {
        const alerts = await owned(world, model);
        return alerts.length > 0 && alerts.every(({ level }) => level === levels - 1);
      },
      `${model} has reached the last level`,
      limit,
    );
    await until(
      async () => {
        const told = [...(await story.deliveriesOf(world, model)).values()];
        return told.every((one) =>
          one.some(({ state }) => state === 'sent' || state === 'suppressed'),
        );
      },
      `${model}: every delivery has ended`,
      limit,
    );
  }
}

/** A good window and two bad ones; kills at each point once, then everything is as it should. */
async function windowsStory(
  place: Place,
  points: readonly Point[],
): Promise<{ mails: string[]; calls: string[] }> {
  const { world } = place;
  const models = story.modelsOf(points);
  await writeWindows(world.folder, [
    [2, 'good'],
    [1, 'holes'],
    [0, 'holes'],
  ]);
  const from = NOON - 3 * HOUR;
  await world.apply(from);
  const process = world.work({ points, fuse, cpuSlots: 4 });
  await story.allKilled(world.folder, points, process);
  await caughtUp(world, models, limit);
  for (const model of models) {
    await until(
      async () => (await world.head(model)).advice !== null,
      `${model} is advised`,
      limit,
    );
  }
  await escalated(place, models);
  await process.stop();
  expect(process.kills).toBeGreaterThan(1);
  await story.expectWholeLake(world, models, { from, to: NOON });
  for (const model of models) {
    expect((await world.head(model)).notEvaluated, model).toBe(0);
    const categories = (await owned(world, model)).map(({ id }) => id);
    expect(categories, model).toEqual([`${model}/data-quality#1`, `${model}/drift#1`]);
  }
  return expectRecovered(place, models);
}

describe.concurrent(title, { skip: missing !== null, timeout: 1_800_000 }, () => {
  test('windows, alerts and notices are completed once, whichever side effect was the last', async () => {
    const written = (verb: string) => [`write ${verb}`, 'attempt send'];
    const points = [
      ...story.pointsOf(
        ['evaluated1', 'evaluated2'],
        ['putObject', 'updateHead', 'writeEvaluation', 'commit'].map(
          (verb) => `evaluateWindow ${verb}`,
        ),
      ),
      // what follows a commit: messages, watermark, advice, housekeeping
      ...story.pointsOf(
        ['told1', 'told2'],
        ['tell tellAlert', 'advance updateHead'].concat(
          ['putObject', 'updateHead', 'compact'].map((verb) => `advise ${verb}`),
        ),
      ),
      // what an alert writes; a notice in doubt is looked up, or marked
      ...story.pointsOf(['slackers'], written('putEntityHead')),
      ...story.pointsOf(['mailers'], written('putDelivery')),
      ...story.pointsOf(['callers'], written('appendAudit')),
    ];
    const owner = (model: string) => /^(mailers|callers)$/.exec(model)?.[0] ?? 'slackers';
    await withPlace(points, { owner }, async (place) => {
      const twice = await windowsStory(place, points);
      expect(twice.mails.length, 'the mail that had arrived').toBeGreaterThan(0);
      expect(twice.calls.length, 'the call that had arrived').toBeGreaterThan(0);
    });
  });

  test('one approval trains once and promotes once', async () => {
    const points = story.pointsOf(
      ['m1', 'm2'],
      ['advise tellRetrain'].concat(
        ['start', 'putObject', 'updateHead', 'tellAlert'].map((verb) => `attempt ${verb}`),
      ),
    );
    const more = (data: string) => `retraining:
  metric: rmse
  approvals: { cooling: 1s }
  trigger: { kind: command, command: [node, ${data}/train.cjs], timeout: 10m }
`;
    await withPlace(points, { owner: () => 'slackers', more }, (place) =>
      trainingStory(place, points),
    );
  });
});

/** Notes its key, waits for `go`, says that the challenger is better by one on 1,000 pairs. */
const job = (folder: string) => `
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const go = ${JSON.stringify(join(folder, 'go'))};
const { key, model } = JSON.parse(readFileSync(0, 'utf8'));
appendFileSync(${JSON.stringify(join(folder, 'started.log'))}, key + '\\n');
const timer = setInterval(() => {
  if (!existsSync(go)) return;
  clearInterval(timer);
  console.log(JSON.stringify({
    version: 'v2', trainedUntil: ${NOON}, rows: 1000, data: '1,000 rows',
    reference: ${JSON.stringify(join(folder, 'data', 'training-'))} + model + '.parquet',
    metrics: { rmse: 1 }, championMetrics: { rmse: 2 },
    difference: { metric: 'rmse', n: 1000, sum: 1000, squares: 1000 },
  }));
}, 200);
`;

/** A drifted model is retrained by hand while one more window falls due. */
async function trainingStory(place: Place, points: readonly Point[]): Promise<void> {
  const { world } = place;
  const { app, temporal, folder } = world;
  const models = story.modelsOf(points);
  await writeFile(join(folder, 'data', 'train.cjs'), job(folder));
  await writeWindows(folder, [
    [1, 'good'],
    [0, 'shifted'],
    [-1, 'shifted'],
  ]);
  await world.apply(NOON - 2 * HOUR);
  const first = world.work({});
  await caughtUp(world, models, limit);
  for (const model of models) {
    await until(
      async () => (await world.head(model)).advice !== null,
      `${model} has an advice`,
      limit,
    );
    const actor = { by: 'ana', reason: 'it drifts', verified: false };
    expect(await openRequest(app, temporal.client, { model, actor })).toMatchObject({ ok: true });
  }
  await first.stop();

  const environment = { AFTERCARE_NOW: new Date(NOON + 1.5 * HOUR).toISOString() };
  const second = world.work({ points, fuse, environment, cpuSlots: 2 });
  const at = (verb: string) => points.filter((point) => point.verb === verb);
  for (const model of models) await ring(app, temporal.client, model);
  await story.allKilled(folder, at('tellRetrain'), second);
  // A job whose starter is killed before it has handed its request over fails, and says so: only
  // the starts that are meant are in the way of a kill.
  const starts = at('start');
  for (const point of starts) {
    await approve(world, point.model);
    await story.allKilled(folder, [point], second);
  }
  await Promise.all(models.map((model) => approve(world, model)));
  // Those whose starter was killed are looked up, and started, a minute later.
  for (const model of models) {
    await until(
      async () => {
        const request = await findRequest(app, model);
        expect(request.status, JSON.stringify(request)).not.toBe('failed');
        return request.training?.ref != null;
      },
      `${model} is in training`,
      limit,
    );
  }
  await writeFile(join(folder, 'go'), '');
  await story.allKilled(folder, points, second);
  for (const model of models) {
    await until(
      async () => (await findRequest(app, model)).status === 'succeeded',
      `${model} is promoted`,
      limit,
    );
    await until(
      async () => (await world.head(model)).watermark === NOON + HOUR,
      `${model}: the next window is evaluated`,
      limit,
    );
  }
  await second.stop();
  await story.expectWholeLake(world, models, { from: NOON - 2 * HOUR, to: NOON + HOUR });
  const started = (await readFile(join(folder, 'started.log'), 'utf8')).trim().split('\n');
  expect(started.length).toBe(models.length);
  expect(new Set(started).size).toBe(models.length);
  for (const model of models) {
    expect((await world.head(model)).reference).toMatchObject({ version: 'v2' });
    expect(await app.lake.versionsOf(model)).toMatchObject([
      { version: 'v2', evaluation: { data: '1,000 rows', metrics: { rmse: 1 } } },
    ]);
    const [made] = await lineageOf(app, model);
    expect(made?.retraining).toMatchObject({
      request: { openedBy: 'ana', status: 'succeeded' },
      run: expect.stringMatching(`^${model}@`) as string,
      rows: { files: expect.arrayContaining([expect.stringContaining(folder)]) as string[] },
    });
    const audit = (await app.lake.auditOf(`retrain/${model}`)).map(({ action }) => action);
    for (const once of ['approved', 'start intended', 'started', 'trained', 'promoted']) {
      expect(audit.filter((action) => action === once).length, `${model} ${once}`).toBe(1);
    }
  }
  await expectRecovered(place, models);
}

/** Somebody says yes, whoever is dead just then. */
async function approve({ app, temporal }: World, model: string): Promise<void> {
  const { evidence } = await findRequest(app, model);
  const actor = { by: 'bo', reason: 'go', verified: false };
  const input = { actor, decision: 'approve', evidence } as const;
  await until(
    async () => {
      const request = await findRequest(app, model);
      if (request.approvals.length === 1) return true;
      // An answer that did not come in time is unknown: another act is decided once all the same.
      await decideRequest(temporal.client, request, input).catch(() => null);
      return (await findRequest(app, model)).approvals.length === 1;
    },
    `${model} is approved`,
    limit,
  );
}
