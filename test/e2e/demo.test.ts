import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import type { AlertSummary } from '../../domain/alert.js';
import type { ModelHead } from '../../domain/model.js';
import type { RequestSummary } from '../../domain/request.js';
import { openLake } from '../../lake/lake.js';
import { runCli, startCli, unwrapped } from '../support/cli.js';
import { blocksOf } from '../support/documents.js';
import { withPlace } from '../support/e2e.js';
import { until } from '../support/namespace.js';

/** Lines without what another hour or another machine says otherwise: how long ago, how wide. */
const shapeOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replaceAll(/\bnow\b|(in )?\d+[smhd]( ago)?/g, '<time>'))
    .map((line) => line.replaceAll(/\S*…/g, '…').replaceAll(/\s+/g, ' ').trim());

/** The tables that the README shows of the demo. */
function shownInReadme(): string[] {
  const blocks = blocksOf({ file: 'README.md', text: readFileSync('README.md', 'utf8') });
  return shapeOf(blocks.find(({ text }) => text.includes(' MODEL '))?.text ?? '');
}

/** What the demo prints as JSON. */
interface Ready {
  version: number;
  models: {
    model: string;
    advice: { action: string } | null;
    alerts: AlertSummary[];
    requests: RequestSummary[];
  }[];
  folder: string;
  exitCode: number;
}

const cliPath = inject('temporalCli');

/** Of the environment, the demo gets no more than where the Temporal CLI is. */
const env = { TEMPORAL_CLI_PATH: cliPath ?? '', AFTERCARE_LOG_LEVEL: 'error' };

/** The demo's folder with its server and a worker, as a person would start them again. */
async function withDemoRunning<T>(cwd: string, run: () => Promise<T>): Promise<T> {
  const place = { env, cwd };
  const server = startCli(['dev-server', '--port', '0'], place);
  try {
    await until(() => server.said.err.includes('Temporal at'), 'the server is up again');
    const worker = startCli(['worker'], place);
    try {
      return await run();
    } finally {
      await worker.stop();
    }
  } finally {
    await server.stop();
  }
}

test.skipIf(cliPath === null)(
  'the demo ends with alerts and a request, and approving it trains, promotes and resolves',
  { timeout: 400_000 },
  () =>
    withPlace({}, async (place) => {
      const demo = startCli(['demo', '--exit-when-ready', '--json'], { env, cwd: place.folder });
      const { code, out, err } = await demo.ended;
      expect(code, err).toBe(0);
      const { version, models, folder, exitCode } = JSON.parse(out) as Ready;
      expect({ version, exitCode }).toEqual({ version: 1, exitCode: 0 });
      expect(models.map(({ model, advice }) => [model, advice?.action])).toEqual([
        ['card-fraud', 'investigate_loop'],
        ['credit-risk', 'fix_data'],
        ['delivery-eta', 'retrain'],
      ]);
      for (const { alerts } of models) expect(alerts.length).toBeGreaterThan(0);
      expect(models[2]?.requests).toMatchObject([
        { id: 'delivery-eta#1', status: 'requested', openedBy: 'policy:advice' },
      ]);
      expect(folder).toBe(join(place.folder, '.aftercare/demo'));
      const mails = await readdir(join(folder, '.aftercare/outbox'));
      expect(mails.filter((name) => name.endsWith('.eml')).length).toBeGreaterThanOrEqual(3);

      const cli = (...args: string[]) => runCli(args, { env, cwd: folder });
      const json = async (...args: string[]) =>
        JSON.parse((await cli(...args, '--json')).out) as unknown;
      const status = await cli('status');
      expect(shapeOf(status.out)).toEqual(expect.arrayContaining(shownInReadme()));
      // What the demo showed last is what stands: nothing was still on its way to an alert.
      const { models: left } = (await json('status')) as Ready;
      const standing = ({ model, alerts }: Ready['models'][number]) => ({
        model,
        alerts: alerts.map(({ id, status: now, lastWindow, members }) => ({
          ...{ id, now, lastWindow },
          members: members.map(({ key, condition }) => `${key}: ${condition}`),
        })),
      });
      expect(left.map(standing)).toEqual(models.map(standing));
      const before = await openLake(join(folder, '.aftercare/lake')).readHead<ModelHead>(
        'model/delivery-eta',
      );
      await withDemoRunning(folder, async () => {
        const decide = (who: string) =>
          cli('approve', 'delivery-eta', '--as', who, '--reason', 'the new zone is here to stay');
        const refused = await decide('bo');
        expect(refused).toMatchObject({ code: 2 });
        expect(refused).toMatchObject({
          out: '',
          err: expect.stringContaining('refused: bo is not an approver') as string,
        });
        expect(await decide('chris')).toMatchObject({ code: 0 });
        const again = await decide('chris');
        expect(again).toMatchObject({ code: 0 });
        expect(again.out).toContain('already approved by chris');
        const late = await decide('dana');
        expect(late).toMatchObject({ code: 2 });
        expect(unwrapped(late.err)).toContain('already approved by chris');

        const newest = async () =>
          ((await json('requests', 'list', '--all')) as { requests: RequestSummary[] }).requests[0];
        await until(async () => (await newest())?.endedAt != null, 'the retraining ended', 120);
        expect(await newest()).toMatchObject({
          status: 'succeeded',
          approvals: [{ by: 'chris', verified: false }],
          gate: { passed: true },
        });
        const open = async () => {
          const alerts = ((await json('alerts', 'list')) as { alerts: AlertSummary[] }).alerts;
          return alerts.filter(({ model }) => model === 'delivery-eta').map((one) => one.category);
        };
        await until(async () => (await open()).length === 0, 'the alerts of the old model closed');
        const ended = ((await json('alerts', 'list', '--all')) as { alerts: AlertSummary[] })
          .alerts;
        const old = ended.filter(({ model }) => model === 'delivery-eta');
        expect(old.map(({ category }) => category)).toEqual(
          expect.arrayContaining(['drift', 'performance']),
        );
        const left = ((await json('alerts', 'list')) as { alerts: AlertSummary[] }).alerts;
        expect(left.map(({ model }) => model)).toContain('credit-risk');
      });
      const lake = openLake(join(folder, '.aftercare/lake'));
      const after = await lake.readHead<ModelHead>('model/delivery-eta');
      const request = ((await json('requests', 'list', '--all')) as { requests: RequestSummary[] })
        .requests;
      expect(after?.reference?.version).toBe(request[0]?.result?.version);
      expect(after?.reference?.fingerprint).not.toBe(before?.reference?.fingerprint);
      const verified = await cli('lake', 'verify');
      expect(verified.out).toContain('0 problems');
      expect(verified.code).toBe(0);
    }),
);
