import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import type { RequestStory } from '../../app/requests.js';
import type { AlertSummary } from '../../domain/alert.js';
import { withLivePlace } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { historiesOf } from '../support/replay.js';
import { withSmtp } from '../support/smtp.js';
import { temporalMissing } from '../support/temporal.js';
import { withWorkersHere } from '../support/workers-here.js';

const DAY = 86_400_000;
/** In every value that must not get out, and in nothing else. */
const MARKER = 'm4rk';

interface Receivers {
  url: string;
  /** Paths that the hook was called by. */
  hooks: string[];
  /** What the trainer says that it trained on. */
  reference: string;
}

/** A hook and a trainer: what it trains is promoted, but its rows cannot be read. */
async function withReceivers<T>(run: (receivers: Receivers) => Promise<T>): Promise<T> {
  const receivers: Receivers = { url: '', hooks: [], reference: '' };
  const result = {
    version: 'v2',
    trainedUntil: Date.UTC(2026, 2, 4),
    rows: 100,
    metrics: { roc_auc: 0.9 },
    championMetrics: { roc_auc: 0.8 },
    data: 'the newest 100 rows',
    difference: { metric: 'roc_auc', n: 100, sum: 10, squares: 2 },
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    const path = request.url ?? '';
    if (path.startsWith('/hook')) receivers.hooks.push(path);
    const body = path.startsWith('/train')
      ? { run: { id: 'r1' } }
      : {
          state: 'succeeded',
          result: { ...result, reference: receivers.reference },
          log: `${MARKER}-log`,
        };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    receivers.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return await run(receivers);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** 300 rows of a day; from the second day on they have faults with markers in them. */
function csvOf(from: number, kind: 'clean' | 'faulty'): string {
  const lines = Array.from({ length: 300 }, (_, i) => {
    const isFaulty = kind === 'faulty' && i % 3 === 0;
    const time = new Date(from + i * 60_000).toISOString();
    const income = isFaulty ? `${MARKER}-cell` : String(1_000 + i);
    const country = isFaulty ? `${MARKER}-category` : ['FR', 'DE'][i % 2];
    const label = i % 2 === 0 ? `${MARKER}-yes` : `${MARKER}-no`;
    return [`${MARKER}-${from}-${i}`, time, (i % 100) / 100, income, country, label].join(',');
  });
  return ['id,ts,score,income,country,outcome', ...lines].join('\n');
}

const monitor = (id: string, more: object = {}, source: object = {}): string =>
  stringify({
    version: 1,
    model: { id, task: 'binary', owners: 'team:ml' },
    windows: { size: '1d', min_rows: 50 },
    predictions: { from: { path: 'data/{date}.csv', ...source } },
    columns: { id: ['id'], timestamp: 'ts', prediction: { score: 'score', kind: 'probability' } },
    labels: [
      {
        name: 'outcome',
        role: 'target',
        value: 'outcome',
        positive: [`${MARKER}-yes`],
        mature_after: '1h',
      },
    ],
    reference: { drift: { kind: 'training', path: 'data/training.csv' } },
    ...more,
  });

async function prepare(folder: string, url: string): Promise<void> {
  const data = join(folder, 'data');
  await mkdir(data);
  await mkdir(join(folder, 'monitors'));
  const first = Date.UTC(2026, 2, 1);
  await writeFile(join(data, 'training.csv'), csvOf(first - DAY, 'clean'));
  for (const day of [0, 1, 2]) {
    const name = new Date(first + day * DAY).toISOString().slice(0, 10);
    await writeFile(join(data, `${name}.csv`), csvOf(first + day * DAY, 'faulty'));
  }
  await writeFile(join(data, 'broken.parquet'), `PAR1 ${MARKER}-bytes`);
  const retraining = {
    metric: 'roc_auc',
    approvals: { quorum: [{ role: 'approvers', count: 1 }], cooling: '1s' },
    trigger: {
      kind: 'http',
      url: 'env:RETRAIN_URL',
      secret: 'env:RETRAIN_SECRET',
      ref: 'run.id',
      poll: { url: `${url}/runs/{ref}`, every: '1s' },
    },
    gate: { metric: 'roc_auc', margin: 0 },
  };
  await writeFile(join(folder, 'monitors/churn.yaml'), monitor('churn', { retraining }));
  const where = 'country::integer > 0';
  await writeFile(join(folder, 'monitors/wrong.yaml'), monitor('wrong', {}, { where }));
  const channels = ['email', 'webhook:pager'];
  const teams = {
    people: { ana: { email: 'ana@example.com' }, bo: { email: 'bo@example.com' } },
    teams: { ml: { members: ['ana', 'bo'], channels } },
    webhooks: { pager: { url: 'env:HOOK_URL', secret: 'env:HOOK_SECRET' } },
    root: 'webhook:pager',
  };
  await writeFile(join(folder, 'monitors/teams.yaml'), stringify(teams));
}

/** Every text in it, payloads and failures among them, decoded. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsOf(one)]);
}

test.skipIf(temporalMissing() !== null)(
  'no value of a row and no secret enters a history, whatever goes wrong',
  { timeout: 400_000 },
  () =>
    // It repeats the password that it refuses.
    withSmtp({ login: { user: 'robot', pass: 'right' } }, (smtp) =>
      withReceivers((receivers) => {
        const { url, hooks } = receivers;
        const env = {
          AFTERCARE_NOW: '2026-03-04T01:00:00Z',
          AFTERCARE_SMTP_URL: `smtp://robot:${MARKER}-password@127.0.0.1:${smtp.port}`,
          AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'true',
          AFTERCARE_SERVER_SECRET: `${MARKER}-server-secret`,
          AFTERCARE_CALLBACK_URL: url,
          HOOK_URL: `${url}/hook?token=${MARKER}-token`,
          HOOK_SECRET: `${MARKER}-hook-secret`,
          RETRAIN_URL: `${url}/train?token=${MARKER}-token`,
          RETRAIN_SECRET: `${MARKER}-retrain-secret`,
        };
        return withLivePlace({ env }, async (place) => {
          await prepare(place.folder, url);
          receivers.reference = join(place.folder, 'data/broken.parquet');
          await withWorkersHere(place, async () => {
            const alerts = async () =>
              ((await place.json(['alerts', 'list'])) as { alerts: AlertSummary[] }).alerts;
            const isTried = async () => {
              const story = (await place.json(['requests', 'show', 'churn'])) as RequestStory;
              return story.audit.some(({ action }) => action === 'promotion failed');
            };
            const since = ['--since', '2026-03-01'];
            expect(await place.cli(['apply', ...since])).toMatchObject({ code: 0 });
            expect(await place.cli(['run', 'churn', '--watch'])).toMatchObject({ code: 0 });
            expect(await place.cli(['run', 'wrong', '--watch'])).toMatchObject({ code: 3 });
            const wanted = ['data-quality', 'drift', 'notify-health', 'check-health'];
            await until(
              async () => {
                const there = (await alerts()).map(({ category }) => category as string);
                return wanted.every((category) => there.includes(category));
              },
              `there are alerts of ${wanted.join(', ')}`,
            );
            await until(() => hooks.length >= 2, 'the hook heard what mail refused');

            const why = ['--as', 'ana', '--reason', 'we have better rows'];
            expect(await place.cli(['retrain', 'churn', ...why])).toMatchObject({ code: 0 });
            const approve = ['approve', 'churn', '--as', 'bo', '--reason', 'they are better'];
            expect(await place.cli(approve)).toMatchObject({ code: 0 });
            await until(isTried, 'a promotion failed');

            const [commit] = await place.lake.newest('churn', 1);
            const evaluation = await place.lake.readEvaluation(commit?.file ?? '');
            expect(JSON.stringify(evaluation.findings)).toContain(`${MARKER}-category`);
            const [wrong] = await place.lake.newest('wrong', 1);
            // What the engine quotes of a row stays in the lake.
            expect(wrong?.error).toMatch(
              new RegExp(`Could not convert string '.*${MARKER}.*' to INT32`),
            );

            const histories = await historiesOf(place.client);
            const ids = histories.map(({ workflowId }) => workflowId);
            expect(ids).toEqual(
              expect.arrayContaining([
                'retrain/churn',
                'alert/churn/drift',
                'alert/wrong/check-health',
              ]),
            );
            const texts = histories.flatMap(({ history }) => textsOf(history));
            expect(texts.some((text) => text.includes('"income"'))).toBe(true);
            expect(texts.some((text) => text.includes('promotion_failed'))).toBe(true);
            expect(texts.filter((text) => text.includes(MARKER))).toEqual([]);
          });
        });
      }),
    ),
);
