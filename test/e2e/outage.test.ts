import { mkdtemp, rm } from 'node:fs/promises';
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
/** Levels after the first, since the alert fired: one while the channel is away, one after. */
const later = isFull ? ['60s', '200s'] : ['2s', '30s'];
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

/** The alert fires while `gate` is shut, which opens again after a while; it ends well. */
async function throughOutage(
  place: Place,
  gate: Gate,
  isHeard: (address: string) => boolean,
): Promise<void> {
  const { world } = place;
  await writeWindows(world.folder, [[0, 'holes']]);
  await gate.shut();
  await world.apply(NOON - HOUR);
  const process = world.work(retry);
  await caughtUp(world, ['m']);
  const back = Date.now() + awaySeconds * second;
  const both = ['ANA', 'BOB'];
  const isOver = () => Date.now() > back && both.every(isHeard);
  await until(isOver, 'two levels hear of it elsewhere', isFull ? 300 : 60);
  await gate.open();
  await until(
    async () => {
      const alerts = await story.alertsOf(world, 'm');
      return alerts
        .filter(({ category }) => category === 'data-quality')
        .every(({ level }) => level === 2);
    },
    'the last level is reached',
    isFull ? 300 : 90,
  );
  await until(async () => (await openDeliveries(world)).length === 0, 'all deliveries ended', 120);
  expect(process.failure).toBeNull();
  const told = await story.deliveriesOf(world, 'm');
  story.expectSentIsLast(told);
  story.expectOnceInSlack(place.slack);
  expect(story.expectOnlyDoubtfulMailRepeats(place.smtp, told)).toEqual([]);
  expect((await world.app.lake.verify()).problems).toEqual([]);
}

/** Deliveries that have neither arrived nor been given up. */
async function openDeliveries(world: World): Promise<string[]> {
  const told = await story.deliveriesOf(world, 'm');
  const next = (id: string) => id.replace(/\d+$/, (position) => String(Number(position) + 1));
  return [...told]
    .filter(([id, transitions]) => {
      const isEnded = transitions.some(({ state }) => ['sent', 'suppressed'].includes(state));
      return !isEnded && !told.has(next(id));
    })
    .map(([id]) => id);
}

const health = (one: string) => one.includes('m delivery(');

describe.concurrent(title, { skip: missing !== null, timeout: isFull ? 900_000 : 300_000 }, () => {
  test('Slack is away: mail stands in with the reason, engineering hears of it by mail', async () => {
    await withPlace(teamsOf('slack', 'email'), async (place) => {
      const { slack, smtp } = place;
      await throughOutage(place, place.slackGate, (name) =>
        smtp.mails.some(({ to, mail }) => {
          const isTo = to.includes(`${name.toLowerCase()}@example.com`);
          return isTo && mail.subject?.includes('m missing(x)') === true;
        }),
      );
      const standIn = smtp.mails.find(({ to, mail }) => {
        return to.includes('ana@example.com') && mail.subject?.includes('m missing(x)');
      });
      expect(standIn?.mail.text).toMatch(/\(slack unavailable since .*, so you hear it here\.\)/);
      const firsts = slack.messages.filter(({ text }) => text.includes('m missing(x)'));
      // Whom mail stood in for gets no second push when Slack is back; the last level does.
      expect(firsts.map(({ channel }) => channel)).toEqual(['DU0CHRIS']);
      const told = smtp.mails.filter(({ mail }) => health(mail.subject ?? ''));
      expect(told.flatMap(({ to }) => to)).toContain('chris@example.com');
    });
  });

  test('the mail server is away: Slack stands in with the reason, and says so', async () => {
    await withPlace(teamsOf('email', 'slack'), async (place) => {
      const { slack, smtp } = place;
      await throughOutage(place, place.smtpGate, (name) =>
        slack.messages.some(
          ({ channel, text }) => channel === `DU0${name}` && text.includes('m missing(x)'),
        ),
      );
      // As it was posted: later changes of the alert have edited it since.
      const standIn = slack.calls.find(
        ({ method, params }) => method === 'chat.postMessage' && params['channel'] === 'U0ANA',
      );
      expect(standIn?.params['blocks']).toMatch(
        /\(email unavailable since [^)]*, so you hear it here\.\)/,
      );
      const firsts = smtp.mails.filter(({ mail }) => mail.subject?.includes('m missing(x)'));
      expect(firsts.flatMap(({ to }) => to)).toEqual(['chris@example.com']);
      const told = slack.messages.filter(({ text }) => health(text));
      expect(told.map(({ channel }) => channel)).toContain('DU0CHRIS');
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
        withSlack(async (slack) => {
          const environment = {
            AFTERCARE_SLACK_TOKEN: 'xoxb-test',
            AFTERCARE_SLACK_API_URL: slack.apiUrl,
          };
          const monitors = { m: monitorOf('m', 'watchers') };
          const teams = teamsOf('slack', 'email').replace(/after: (60|2)s/, 'after: 1s');
          await withWorld({ temporal, monitors, teams, environment }, async (world) => {
            const from = NOON - 6 * HOUR;
            await writeWindows(world.folder, [
              ...([5, 4, 3, 2] as const).map((hours) => [hours, 'good'] as const),
              ...([1, 0] as const).map((hours) => [hours, 'holes'] as const),
            ]);
            await world.apply(from);
            world.work(retry);
            await until(async () => (await world.head('m')).watermark > from, 'a first window');
            process.kill(server.pid, 'SIGKILL');
            await server.exited;
            expect((await world.head('m')).watermark).toBeLessThan(NOON);
            server = await start();
            await caughtUp(world, ['m'], 200);
            await until(
              async () =>
                (await story.alertsOf(world, 'm')).some(
                  ({ category, level }) => category === 'data-quality' && level >= 1,
                ),
              'the alert climbs',
              120,
            );
            await story.expectWholeLake(world, ['m'], { from, to: NOON });
            story.expectOnceInSlack(slack);
            story.expectSentIsLast(await story.deliveriesOf(world, 'm'));
          });
        }),
      );
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
