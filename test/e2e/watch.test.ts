import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { apiServer } from '../../api/server.js';
import { openApp, type App } from '../../app/app.js';
import { pause, resume } from '../../app/bell.js';
import type { Watch } from '../../app/outage.js';
import { watchRound } from '../../app/serve.js';
import { lateModels } from '../../app/watch.js';
import { readSettings } from '../../config/settings.js';
import type { AlertSummary } from '../../domain/alert.js';
import type { ModelHead } from '../../domain/model.js';
import type { RequestSummary } from '../../domain/request.js';
import type { TrainingRequest } from '../../domain/retraining.js';
import { signedHeaders } from '../../trainers/signature.js';
import { cleanEnv, type Env } from '../support/cli.js';
import { withLivePlace, type Place } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { withSmtp } from '../support/smtp.js';
import { temporalMissing } from '../support/temporal.js';
import { withReceiver } from '../support/webhook.js';
import { withWorkersHere } from '../support/workers-here.js';
import { result } from '../trainers/jobs.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const missing = temporalMissing() !== null;

/** What `serve` works with, in this process; its clock can be moved. */
function appOf(env: Env, ahead = 0): App {
  const app = openApp(readSettings(cleanEnv(env)), pino({ level: 'silent' }));
  return { ...app, clock: () => app.clock() + ahead };
}

const freshWatch = (): Watch => ({ rounds: 0, told: null });

/** One daily model of ana's, with 200 rows of 1 March 2026; root is chris. */
async function prepare({ folder }: Place, more: object = {}): Promise<void> {
  await mkdir(join(folder, 'monitors'));
  const start = Date.UTC(2026, 2, 1);
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${new Date(start + i * 60_000).toISOString()},${i % 40},${(i % 50) / 50},${i % 2}`,
  );
  await writeFile(join(folder, 'rows.csv'), ['ts,income,score,label', ...lines, ''].join('\n'));
  const monitor = {
    version: 1,
    model: { id: 'churn', task: 'binary', owners: 'team:ml' },
    windows: { size: '1d' },
    predictions: { from: { path: 'rows.csv' } },
    columns: { timestamp: 'ts', prediction: { score: 'score', kind: 'probability' } },
    reference: { drift: { kind: 'training', path: 'rows.csv' } },
    ...more,
  };
  await writeFile(join(folder, 'monitors/churn.yaml'), stringify(monitor));
  const teams = {
    people: { ana: { email: 'ana@x.org' }, bo: { email: 'bo@x.org' }, chris: { email: 'c@x.org' } },
    teams: { ml: { members: ['ana', 'bo'], channels: ['email'] } },
    root: 'chris',
  };
  await writeFile(join(folder, 'monitors/teams.yaml'), stringify(teams));
}

test.skipIf(missing)(
  'a late window raises check-health with its owners; where nobody works, root is told directly',
  { timeout: 400_000 },
  () =>
    withSmtp({}, (smtp) =>
      withReceiver([], (deadMan) => {
        const env = {
          AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
          AFTERCARE_DEAD_MAN_URL: deadMan.url,
        };
        return withLivePlace({ env }, async (place) => {
          await prepare(place);
          expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
          const told = () =>
            smtp.mails.map(({ to, mail }) => `${to.join()}: ${mail.subject ?? ''}`);

          // Nobody works on the queues: told once, and once more when the trouble is another.
          const watch = freshWatch();
          for (let i = 0; i < 3; i++) await watchRound(appOf(place.env, 3 * DAY), watch);
          const direct =
            'c@x.org: Aftercare: check-health critical, nothing is evaluated (1 model late)';
          expect(told()).toEqual([direct]);
          expect(smtp.mails[0]?.mail.text).toMatch(
            /no worker on wf, io, cpu.*Late: churn \(window/s,
          );
          const down = { ...place.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
          const other = freshWatch();
          for (let i = 0; i < 2; i++) await watchRound(appOf(down, 3 * DAY), other);
          expect(told()).toEqual([direct, direct]);
          expect(smtp.mails[1]?.mail.text).toContain('Temporal does not answer at 127.0.0.1:1');
          expect(deadMan.calls).toEqual([]);

          await withWorkersHere(place, async () => {
            const open = async () =>
              ((await place.json(['alerts', 'list'])) as { alerts: AlertSummary[] }).alerts;
            await until(async () => (await open()).length === 1, 'the alert fires');
            expect(await open()).toMatchObject([
              { id: 'churn/check-health#1', severity: 'critical', status: 'firing' },
            ]);
            await until(() => smtp.mails.length === 4, 'both owners heard of it');
            expect(
              smtp.mails
                .slice(2)
                .map(({ to }) => to.join())
                .sort(),
            ).toEqual(['ana@x.org', 'bo@x.org']);
            await watchRound(appOf(place.env, 3 * DAY), watch);
            expect(watch).toEqual(freshWatch());
            expect(told().slice(4)).toEqual([
              'c@x.org: Aftercare: check-health resolved, it works again',
            ]);
            expect(deadMan.calls).toEqual([]);
            await watchRound(appOf(place.env), watch);
            expect(deadMan.calls).toHaveLength(1);
            expect(smtp.mails).toHaveLength(5);
          });
        });
      }),
    ),
);

test.skipIf(missing)('a pause is no lateness, and one with an end ends', () =>
  withLivePlace({}, async (place) => {
    await prepare(place);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const end = new Date(Date.now() + 2 * DAY).toISOString();
    const pause = ['pause', 'churn', '--as', 'ana', '--reason', 'a move', '--until', end];
    expect(await place.cli(pause)).toMatchObject({ code: 0 });
    const isPaused = async () => {
      const head = await place.lake.readHead<ModelHead>('model/churn');
      const { state } = await place.client.schedule.getHandle('evaluate/churn').describe();
      expect(head?.paused != null).toBe(state.paused);
      return state.paused;
    };
    await watchRound(appOf(place.env, 2 * DAY - HOUR), freshWatch());
    expect(await isPaused()).toBe(true);
    const alert = place.client.workflow.getHandle('alert/churn/check-health');
    await expect(alert.describe()).rejects.toThrow(/not found/);
    await watchRound(appOf(place.env, 2 * DAY + HOUR), freshWatch());
    expect(await isPaused()).toBe(false);
  }),
);

test.skipIf(missing)(
  'a pause that Temporal itself was told counts as one, until it ends there',
  () =>
    withLivePlace({}, async (place) => {
      await prepare(place);
      expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
      const schedule = place.client.schedule.getHandle('evaluate/churn');
      const head = async () => (await place.lake.readHead<ModelHead>('model/churn'))?.paused;
      const alert = place.client.workflow.getHandle('alert/churn/check-health');
      const says = (words: string) => async () => (await place.cli(['status'])).out.includes(words);
      const paused = 'churn: paused by unknown, in Temporal: the source moves.';

      // The list of Schedules may be a second behind: status, which writes nothing, is asked first.
      await schedule.pause('the source moves');
      await until(says(paused), 'status says that it is paused');
      const { models } = (await place.json(['status'])) as { models: { nextAt: unknown }[] };
      expect(models[0]?.nextAt).toBeNull();
      expect(await head()).toBeNull();
      await watchRound(appOf(place.env, 3 * DAY), freshWatch());
      await expect(alert.describe()).rejects.toThrow(/not found/);
      expect(await head()).toMatchObject({
        by: 'unknown, in Temporal',
        ...{ reason: 'the source moves', until: null },
      });
      await watchRound(appOf(place.env, 4 * DAY), freshWatch());
      await expect(alert.describe()).rejects.toThrow(/not found/);

      // Let ring again there: it is rung at once, and late only from the next round on.
      await schedule.unpause('moved');
      await until(async () => !(await says(paused)()), 'status says that it rings');
      await watchRound(appOf(place.env, 4 * DAY), freshWatch());
      await expect(alert.describe()).rejects.toThrow(/not found/);
      expect(await head()).toBeNull();
      await until(async () => (await schedule.describe()).info.numActionsTaken === 1, 'it rang');

      // Adopted by apply, ended by Aftercare.
      await schedule.pause('again');
      await until(says('in Temporal: again.'), 'status says that it is paused');
      expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
      expect(await head()).toMatchObject({ reason: 'again' });
      expect(await place.cli(['resume', 'churn', '--as', 'ana'])).toMatchObject({ code: 0 });
      expect(await head()).toBeNull();
      expect((await schedule.describe()).state.paused).toBe(false);
    }),
);

test.skipIf(missing)(
  'a pause that cannot end keeps nothing from the other models, and is no outage',
  { timeout: 400_000 },
  () =>
    withSmtp({}, (smtp) =>
      withReceiver([], (deadMan) => {
        const env = {
          AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
          AFTERCARE_DEAD_MAN_URL: deadMan.url,
        };
        return withLivePlace({ env }, async (place) => {
          await prepare(place);
          const text = await readFile(join(place.folder, 'monitors/churn.yaml'), 'utf8');
          const other = text.replace('id: churn', 'id: other');
          await writeFile(join(place.folder, 'monitors/other.yaml'), other);
          expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
          const end = new Date(Date.now() + HOUR).toISOString();
          const pause = ['pause', 'churn', '--as', 'ana', '--reason', 'a move', '--until', end];
          expect(await place.cli(pause)).toMatchObject({ code: 0 });
          await place.client.schedule.getHandle('evaluate/churn').delete();

          await withWorkersHere(place, async () => {
            await until(async () => {
              const once = freshWatch();
              await watchRound(appOf(place.env, 2 * HOUR), once);
              return once.rounds === 0;
            }, 'the workers poll');
            expect(deadMan.calls).toHaveLength(1);

            const watch = freshWatch();
            const lines: string[] = [];
            const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
            for (let i = 0; i < 2; i++) {
              await watchRound({ ...appOf(place.env, 3 * DAY), log }, watch);
            }
            expect(watch).toEqual(freshWatch());
            expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(
              Array.from({ length: 2 }, () => ({
                msg: 'the watch failed for one model',
                model: 'churn',
                error: expect.stringContaining('no Schedule evaluate/churn') as string,
              })),
            );
            // The one that has not been resumed is late, too, from the end of its pause on.
            const open = async () =>
              ((await place.json(['alerts', 'list'])) as { alerts: AlertSummary[] }).alerts;
            await until(async () => (await open()).length === 2, 'both alerts fire');
            expect((await open()).map(({ id }) => id).sort()).toEqual([
              'churn/check-health#1',
              'other/check-health#1',
            ]);
            await until(() => smtp.mails.length >= 2, 'the owners hear of it');
            const told = smtp.mails.map(({ to }) => to.join());
            expect(told).not.toContain('c@x.org');
          });
        });
      }),
    ),
);

test.skipIf(missing)('a monitor that cannot be read blinds the watch for its model alone', () =>
  withLivePlace({}, async (place) => {
    await prepare(place);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const head = await place.lake.readHead<ModelHead>('model/churn');
    const broken = { ...head, model: 'broken', monitor: 'f0'.repeat(32) };
    await place.lake.updateHead('model/broken', () => broken);
    const app = appOf(place.env);
    expect((await lateModels(app, Date.now() + 3 * DAY)).map(({ model }) => model)).toEqual([
      'churn',
    ]);
  }),
);

test.skipIf(missing)('a model that is resumed rings again, however soon after its pause', () =>
  withLivePlace({}, async (place) => {
    await prepare(place);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const app = appOf(place.env);
    const who = { model: 'churn', by: 'ana', reason: 'a move', until: null };
    const handle = place.client.schedule.getHandle('evaluate/churn');
    for (let turn = 0; turn < 25; turn++) {
      await pause(app, place.client, who);
      expect((await handle.describe()).state.paused).toBe(true);
      await resume(app, place.client, { model: 'churn', note: '' });
      // The ring that follows must not take the place of the end of the pause.
      expect((await handle.describe()).state.paused).toBe(false);
    }
  }),
);

/** The HTTP side of `serve` on a port of its own. */
async function withApi<T>(env: Env, run: (url: string) => Promise<T>): Promise<T> {
  const server = apiServer(appOf(env));
  await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    return await run(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
  } finally {
    await server.close();
  }
}

test.skipIf(missing)('serve says that it lives, whether it is ready, and what the state is', () =>
  withLivePlace({}, async (place) => {
    await prepare(place);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    await withApi(place.env, async (url) => {
      expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
      const ready = await fetch(`${url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', faults: [] }]);
      const metrics = await fetch(`${url}/metrics`);
      expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
      const head = await place.lake.readHead<ModelHead>('model/churn');
      const watermark = (head?.watermark ?? 0) / 1_000;
      expect(await metrics.text()).toContain(
        `aftercare_watermark_timestamp_seconds{model="churn"} ${watermark}\n`,
      );
      const none = await fetch(`${url}/api/v1/nothing`);
      expect(none.status).toBe(404);
      expect(none.headers.get('content-type')).toContain('application/problem+json');
      expect(await none.json()).toEqual({ title: 'GET /api/v1/nothing is not here', status: 404 });
    });
    await withApi({ ...place.env, TEMPORAL_ADDRESS: '127.0.0.1:1' }, async (url) => {
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(503);
      expect(JSON.stringify(await ready.json())).toContain('does not answer at 127.0.0.1:1');
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    });
  }),
);

test.skipIf(missing)(
  "a trainer's genuine report ends its training, a forged one is refused",
  { timeout: 400_000 },
  () =>
    withReceiver([], (trainer) => {
      const secret = { AFTERCARE_SERVER_SECRET: 'a secret of the server' };
      const env = {
        ...secret,
        AFTERCARE_NOW: '2026-03-02T01:00:00Z',
        AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'true',
      };
      return withLivePlace({ env }, async (place) => {
        await prepare(place, {
          labels: [
            { name: 'label', role: 'target', value: 'label', positive: ['1'], mature_after: '1h' },
          ],
          retraining: {
            metric: 'roc_auc',
            approvals: { quorum: [{ role: 'approvers', count: 1 }], cooling: '1s' },
            trigger: { kind: 'http', url: trainer.url },
            gate: { metric: 'roc_auc' },
          },
        });
        await withApi(place.env, async (url) => {
          const worker = { ...place, env: { ...place.env, AFTERCARE_CALLBACK_URL: url } };
          await withWorkersHere(worker, async () => {
            expect(await place.cli(['apply', '--since', '2026-03-01'])).toMatchObject({ code: 0 });
            expect(await place.cli(['run', 'churn', '--watch'])).toMatchObject({ code: 0 });
            const why = ['--reason', 'a new season'];
            const retrain = ['retrain', 'churn', '--as', 'ana', ...why];
            expect(await place.cli(retrain)).toMatchObject({ code: 0 });
            expect(await place.cli(['approve', 'churn', '--as', 'bo', ...why])).toMatchObject({
              code: 0,
            });
            const request = async () =>
              ((await place.json(['requests', 'list', '--all'])) as { requests: RequestSummary[] })
                .requests[0];
            await until(async () => (await request())?.training?.ref != null, 'it trains');

            const job = JSON.parse(trainer.calls[0]?.body ?? '{}') as TrainingRequest;
            const callbackUrl = job.callbackUrl ?? '';
            expect(callbackUrl.startsWith(`${url}/api/v1/hooks/retrainings/ac-churn-1-`)).toBe(
              true,
            );
            const report = async (to: string, key: string, body: string) => {
              const signed = signedHeaders({ key, id: 'msg-1', body, now: Date.now() });
              const headers = { ...signed, 'content-type': 'application/json' };
              const answer = await fetch(to, { method: 'POST', headers, body });
              expect(answer.headers.get('content-type')).toContain('application/problem+json');
              const { title } = (await answer.json()) as { title: string };
              titles.push(title);
              return answer.status;
            };
            const titles: string[] = [];
            const key = job.callbackKey ?? '';
            const failed = JSON.stringify({ state: 'failed' });
            expect(await report(callbackUrl, 'f0'.repeat(32), failed)).toBe(401);
            expect(await report(`${callbackUrl}0`, key, failed)).toBe(401);
            expect(await report(callbackUrl, key, '{"state": "running"}')).toBe(400);
            expect(await report(callbackUrl, key, '{"state": "succeeded", "result": {}}')).toBe(
              400,
            );
            const of = (reference: string): string =>
              JSON.stringify({ state: 'succeeded', result: { ...result, reference } });
            const noTable = join(place.folder, 'teams.parquet');
            await writeFile(noTable, 'people: {}');
            for (const path of ['/etc/passwd', join(place.folder, 'none.csv'), noTable]) {
              expect(await report(callbackUrl, key, of(path)), path).toBe(400);
            }
            expect(titles.at(-2)).toBe(
              `reference: ${place.folder}/none.csv: no such file; ` +
                'expected the rows it was trained on',
            );
            expect(await request()).toMatchObject({ status: 'executing', result: null });
            const unsigned = await fetch(callbackUrl, { method: 'POST', body: failed });
            expect(unsigned.status).toBe(401);
            expect(await report(callbackUrl, key, failed)).toBe(202);
            expect(await report(callbackUrl, key, failed)).toBe(202);
            await until(async () => (await request())?.endedAt != null, 'it ended');
            expect(await request()).toMatchObject({
              status: 'failed',
              outcome: 'the training failed: its callback says failed',
            });
            expect(await report(callbackUrl, key, failed)).toBe(202);
            const late = JSON.stringify({ state: 'succeeded', result });
            expect(await report(callbackUrl, key, late)).toBe(409);
          });
        });
      });
    }),
);
