import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freePort, startDevServer } from '../../app/temporal-server.js';
import type { RetryPolicy } from '../../domain/delivering/delivery.js';
import { withGate } from '../support/crash-gate.js';
import type { Gate } from '../support/crash-gate.js';
import * as story from '../support/crash-story.js';
import { caughtUp, monitorOf, NOON, withWorld, writeWindows } from '../support/crash-world.js';
import type { World } from '../support/crash-world.js';
import { HOUR } from '../support/lake.js';
import { until, withNamespace } from '../support/namespace.js';
import { withSlack } from '../support/slack.js';
import type { FakeSlack } from '../support/slack.js';
import { withSmtp } from '../support/smtp.js';
import type { FakeSmtp } from '../support/smtp.js';
import { temporalMissing, withTemporal } from '../support/temporal.js';

const missing = temporalMissing();
const title = `what runs through an outage${missing === null ? '' : `: ${missing}`}`;

/** The full run waits as long as the product does; the short one has a quicker policy. */
const isFull = process.env['AFTERCARE_FULL'] === '1';
const [second, minute] = [1_000, 60_000];
const quick: RetryPolicy = {
  first: 500,
  longest: second,
  fallbackAfter: { urgent: 4 * second, normal: 4 * second },
  giveUpAfter: { urgent: minute, normal: minute },
  lostAfter: minute,
};
/** Levels after the first, since the alert fired. */
const later = isFull ? ['60s', '65s'] : ['1s', '2s'];
const awaySeconds = isFull ? 120 : 1;
const retry = isFull ? {} : { retry: quick };

const teamsOf = (first: string, then: string) => `people:
  ana: { email: ana@example.com, slack: U0ANA }
  bo: { email: bob@example.com, slack: U0BOB }
  chris: { email: chris@example.com, slack: U0CHRIS }
teams:
  watchers: { members: [ana], channels: [${first}, ${then}], policy: { steps: [
    { after: 0s, to: team:watchers }, { after: ${later[0]}, to: team:leads },
    { after: ${later[1]}, to: team:heads }] } }
  leads: { members: [bo], channels: [${first}, ${then}] }
  heads: { members: [chris], channels: [${first}, ${then}] }
  platform: { members: [chris], channels: [${then}, ${first}] }
root: team:platform
`;

const names = ['ANA', 'BOB', 'CHRIS'] as const;
type Name = (typeof names)[number];
/** The longest wait, s: for a hang, not for a measure. */
const limit = 600;

/** How the story sees who was told that a model's values are missing, and where. */
interface Hears {
  /** By the channel that was away. */
  usual: (name: Name, model: string) => boolean;
  /** By the one that stands in. */
  elsewhere: (name: Name, model: string) => boolean;
  /** Engineering was told of the channel itself. */
  health: () => boolean;
}

interface Place {
  world: World;
  slack: FakeSlack;
  smtp: FakeSmtp;
  slackGate: Gate;
  smtpGate: Gate;
}

async function withPlace(teams: string, run: (place: Place) => Promise<void>): Promise<void> {
  await withTemporal((temporal) =>
    withSlack((slack) =>
      withSmtp({}, (smtp) =>
        withGate(Number(new URL(slack.apiUrl).port), (slackGate) =>
          withGate(smtp.port, async (smtpGate) => {
            const environment = {
              AFTERCARE_SLACK_TOKEN: 'xoxb-test',
              AFTERCARE_SLACK_API_URL: `http://127.0.0.1:${slackGate.port}/api/`,
              AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtpGate.port}`,
            };
            const monitors = { m: monitorOf('m', 'watchers') };
            await withWorld({ temporal, monitors, teams, environment }, (world) =>
              run({ world, slack, smtp, slackGate, smtpGate }),
            );
          }),
        ),
      ),
    ),
  );
}

const withSlackAndMail = (use: (channels: Pick<Place, 'slack' | 'smtp'>) => Promise<void>) =>
  withSlack((slack) => withSmtp({}, (smtp) => use({ slack, smtp })));

/**
 * The alert of `m` fires and climbs while `gate` is shut, heard at every level elsewhere; only then
 * it opens, and the alert of `n` fires. What follows what is caused, never timed.
 */
async function throughOutage(place: Place, gate: Gate, hears: Hears): Promise<void> {
  const { world } = place;
  await writeWindows(world.folder, [[0, 'holes']]);
  await gate.shut();
  await world.apply(NOON - HOUR);
  const workers = await world.workHere(retry);
  await caughtUp(world, ['m'], limit);
  const back = Date.now() + awaySeconds * second;
  const isOver = () => Date.now() > back && names.every((name) => hears.elsewhere(name, 'm'));
  await until(isOver, 'every level hears of it elsewhere', limit);
  await until(hears.health, 'engineering hears of the channel', limit);
  await gate.open();
  await addModel(world);
  await caughtUp(world, ['n'], limit);
  await until(() => names.every((name) => hears.usual(name, 'n')), 'all hear as usual', limit);
  for (const model of ['m', 'n']) {
    await until(() => isAtTop(world, model), `${model}: the last level is reached`, limit);
  }
  await until(async () => (await openDeliveries(world)).length === 0, 'deliveries ended', limit);
  expect(workers.isRunning()).toBe(true);
  await expectWhole(place, ['m', 'n'], NOON - HOUR);
  for (const name of names) {
    // Whom the other channel stood in for gets no second push when the first is back.
    expect(hears.usual(name, 'm'), name).toBe(false);
    expect(hears.elsewhere(name, 'n'), name).toBe(false);
  }
}

/** A second model whose rows are the same; it is due at once. */
async function addModel(world: World): Promise<void> {
  const data = join(world.folder, 'data');
  await copyFile(join(data, 'training-m.parquet'), join(data, 'training-n.parquet'));
  const text = monitorOf('n', 'watchers').replaceAll('DATA', data);
  await writeFile(join(world.folder, 'monitors', 'n.yaml'), text);
  await world.apply(NOON - HOUR);
}

/** Every alert is in its first episode, and what its owners hear has reached the last level. */
async function isAtTop(world: World, model: string): Promise<boolean> {
  const alerts = await story.alertsOf(world, model);
  const owned = alerts.filter(({ category }) => category !== 'notify-health');
  return owned.length > 0 && owned.every(({ level }) => level === 2);
}

/** One result for each window, one alert for each category, nothing sent twice. */
async function expectWhole(
  { world, slack, smtp }: Pick<Place, 'world' | 'slack' | 'smtp'>,
  models: readonly string[],
  from: number,
): Promise<void> {
  await story.expectWholeLake(world, models, { from, to: NOON });
  for (const model of models) {
    const alerts = await story.alertsOf(world, model);
    expect(alerts.map(({ id, category }) => [id, category])).toEqual(
      [...new Set(alerts.map(({ category }) => category))].map((category) => [
        `${model}/${category}#1`,
        category,
      ]),
    );
    const told = await story.deliveriesOf(world, model);
    expect(told.size, model).toBeGreaterThan(0);
    story.expectSentIsLast(told);
  }
  story.expectOnceInSlack(slack);
  const all = await Promise.all(models.map((model) => story.deliveriesOf(world, model)));
  const repeated = story.expectOnlyDoubtfulMailRepeats(
    smtp,
    new Map(all.flatMap((one) => [...one])),
  );
  expect(repeated).toEqual([]);
}

/** Deliveries that have neither arrived nor been given up. */
async function openDeliveries(world: World): Promise<string[]> {
  const told = new Map([
    ...(await story.deliveriesOf(world, 'm')),
    ...(await story.deliveriesOf(world, 'n')),
  ]);
  const next = (id: string) => id.replace(/\d+$/, (position) => String(Number(position) + 1));
  return [...told]
    .filter(([id, transitions]) => {
      const isEnded = transitions.some(({ state }) => ['sent', 'suppressed'].includes(state));
      return !isEnded && !told.has(next(id));
    })
    .map(([id]) => id);
}

const health = (one: string) => /m (delivery\(|.* unreachable)/.test(one);

const mailed = ({ smtp }: Place, name: string, model: string) =>
  smtp.mails.find(({ to, mail }) => {
    const isTo = to.includes(`${name.toLowerCase()}@example.com`);
    return isTo && mail.subject?.includes(`${model} missing`) === true;
  });
const posted = ({ slack }: Place, name: string, model: string) =>
  slack.messages.find(
    ({ channel, text }) => channel === `DU0${name}` && text.includes(`${model} missing`),
  );

const timeout = 1_800_000;

describe.concurrent(title, { skip: missing !== null, timeout }, () => {
  test('Slack is away: mail stands in with the reason, engineering hears of it by mail', async () => {
    await withPlace(teamsOf('slack', 'email'), async (place) => {
      await throughOutage(place, place.slackGate, {
        usual: (name, model) => posted(place, name, model) !== undefined,
        elsewhere: (name, model) => mailed(place, name, model) !== undefined,
        health: () =>
          place.smtp.mails.some(
            ({ to, mail }) => to.includes('chris@example.com') && health(mail.subject ?? ''),
          ),
      });
      for (const name of names) {
        expect(mailed(place, name, 'm')?.mail.text).toMatch(
          /\(slack unavailable since .*, so you hear it here\.\)/,
        );
      }
    });
  });

  test('the mail server is away: Slack stands in with the reason, and says so', async () => {
    await withPlace(teamsOf('email', 'slack'), async (place) => {
      const { slack } = place;
      await throughOutage(place, place.smtpGate, {
        usual: (name, model) => mailed(place, name, model) !== undefined,
        elsewhere: (name, model) => posted(place, name, model) !== undefined,
        health: () =>
          slack.messages.some(({ channel, text }) => channel === 'DU0CHRIS' && health(text)),
      });
      for (const name of names) {
        // As it was posted: later changes of the alert have edited it since.
        const standIn = slack.calls.find(
          ({ method, params }) =>
            method === 'chat.postMessage' &&
            params['channel'] === `U0${name}` &&
            params['blocks']?.includes('m missing') === true,
        );
        expect(standIn?.params['blocks']).toMatch(
          /\(email unavailable since [^)]*, so you hear it here\.\)/,
        );
      }
    });
  });

  test('a server that is killed and started again on its file loses no window', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aftercare-server-'));
    const [port, dbFilename] = [await freePort(), join(folder, 'temporal.db')];
    const start = () =>
      startDevServer({ path: inject('temporalCli') ?? '', port, dbFilename, uiPort: null });
    let server = await start();
    try {
      await withNamespace(server.address, (temporal) =>
        withSlackAndMail(async ({ slack, smtp }) => {
          const environment = {
            AFTERCARE_SLACK_TOKEN: 'xoxb-test',
            AFTERCARE_SLACK_API_URL: slack.apiUrl,
            AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
          };
          const monitors = { m: monitorOf('m', 'watchers') };
          const teams = teamsOf('slack', 'email');
          await withWorld({ temporal, monitors, teams, environment }, async (world) => {
            const from = NOON - 6 * HOUR;
            await writeWindows(world.folder, [
              ...([5, 4, 3, 2] as const).map((hours) => [hours, 'good'] as const),
              ...([1, 0] as const).map((hours) => [hours, 'holes'] as const),
            ]);
            await world.apply(from);
            world.work(retry);
            const isBegun = async () => (await world.head('m')).watermark > from;
            await until(isBegun, 'a first window', limit);
            process.kill(server.pid, 'SIGKILL');
            await server.exited;
            expect((await world.head('m')).watermark).toBeLessThan(NOON);
            server = await start();
            await caughtUp(world, ['m'], limit);
            await until(() => isAtTop(world, 'm'), 'the alert climbs', limit);
            await until(async () => (await openDeliveries(world)).length === 0, 'told', limit);
            await expectWhole({ world, slack, smtp }, ['m'], from);
          });
        }),
      );
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
