import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import type { Change } from '../../app/publish.js';
import type { AlertSummary } from '../../domain/alert.js';
import type { ModelHead } from '../../domain/model.js';
import type { RequestSummary } from '../../domain/request.js';
import { withLivePlace, type Place } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { withSmtp } from '../support/smtp.js';
import { temporalMissing } from '../support/temporal.js';
import { withWorkersHere } from '../support/workers-here.js';

const missing = temporalMissing() !== null;

/** A daily model with rows of 1 March 2026 and none of 2 March; chris approves its retraining. */
async function prepare({ folder }: Place): Promise<void> {
  await mkdir(join(folder, 'monitors'), { recursive: true });
  const start = Date.UTC(2026, 2, 1);
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${new Date(start + i * 60_000).toISOString()},${i % 40},${(i % 50) / 50},${i % 2}`,
  );
  await writeFile(join(folder, 'rows.csv'), ['ts,income,score,label', ...lines, ''].join('\n'));
  const label = { name: 'label', role: 'target', value: 'label', positive: ['1'] };
  const monitor = {
    version: 1,
    model: { id: 'churn', task: 'binary', owners: 'team:ml' },
    windows: { size: '1d' },
    predictions: { from: { path: 'rows.csv' } },
    columns: { timestamp: 'ts', prediction: { score: 'score', kind: 'probability' } },
    reference: { drift: { kind: 'training', path: 'rows.csv' } },
    labels: [{ ...label, mature_after: '1h' }],
    retraining: {
      metric: 'roc_auc',
      approvals: { quorum: [{ role: 'approvers', count: 1 }] },
      trigger: { kind: 'command', command: ['true'] },
      gate: { metric: 'roc_auc' },
    },
  };
  await writeFile(join(folder, 'monitors/churn.yaml'), stringify(monitor));
  const teams = {
    people: {
      ana: { email: 'ana@x.org' },
      bo: { email: 'bo@x.org' },
      cleo: { email: 'cleo@x.org' },
    },
    teams: { ml: { members: ['ana', 'bo'], channels: ['email'] } },
    root: 'bo',
  };
  await writeFile(join(folder, 'monitors/teams.yaml'), stringify(teams));
}

/** What is there of the model, by id, as the lists say it. */
async function standing(place: Place): Promise<Record<string, string>> {
  const { alerts } = (await place.json(['alerts', 'list', '--all'])) as { alerts: AlertSummary[] };
  const { requests } = (await place.json(['requests', 'list', '--all'])) as {
    requests: RequestSummary[];
  };
  return Object.fromEntries([...alerts, ...requests].map(({ id, status }) => [id, status]));
}

/** Evaluates both days and asks for a retraining. */
async function trouble(place: Place): Promise<void> {
  expect(await place.cli(['apply', '--since', '2026-03-01'])).toMatchObject({ code: 0 });
  expect(await place.cli(['run', 'churn', '--watch'])).toMatchObject({ code: 0 });
  const why = ['--as', 'cleo', '--reason', 'a new season'];
  expect(await place.cli(['retrain', 'churn', ...why])).toMatchObject({ code: 0 });
}

test.skipIf(missing)(
  'a model that is pruned has no open alert and no request any more, and begins anew when it is back',
  { timeout: 400_000 },
  () =>
    withSmtp({}, (smtp) => {
      const env = {
        AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
        AFTERCARE_NOW: '2026-03-03T01:00:00Z',
      };
      return withLivePlace({ env }, (place) =>
        withWorkersHere(place, async () => {
          await prepare(place);
          await trouble(place);
          const open = { 'churn/data-quality#1': 'firing', 'churn#1': 'requested' };
          expect(await standing(place)).toEqual(open);
          const subjects = () => smtp.mails.map(({ mail }) => mail.subject ?? '');
          const heard = (words: string) => subjects().filter((one) => one.includes(words)).length;
          await until(() => heard('churn') >= 4, 'both owners heard of both');

          await rm(join(place.folder, 'monitors/churn.yaml'));
          const ends = [
            'churn: closes its alert data-quality',
            'churn: cancels the request churn#1',
          ];
          const plan = await place.cli(['plan', '--prune']);
          expect(plan.code).toBe(0);
          for (const line of ends) expect(plan.out).toContain(`   ${line}\n`);
          expect(await standing(place)).toEqual(open);
          const { changes } = (await place.json(['apply', '--prune'])) as { changes: Change[] };
          const words = ends.map((line) => line.replace('churn: ', ''));
          expect(changes).toMatchObject([{ model: 'churn', action: 'prune', words }]);

          const closed = { 'churn/data-quality#1': 'closed', 'churn#1': 'cancelled' };
          await until(async () => (await standing(place))['churn#1'] === 'cancelled', 'it ends');
          await until(() => heard('CLOSED: churn') === 2, 'the owners hear of it');
          // Whoever asked is told, too, though they are no approver.
          const cancelled = 'cancelled (churn#1): its monitor was taken away';
          await until(() => heard(cancelled) === 3, 'the approvers and who asked hear of it');
          const toWhom = smtp.mails.filter(({ mail }) => mail.subject?.includes(cancelled));
          expect(toWhom.flatMap(({ to }) => to).sort()).toEqual([
            'ana@x.org',
            'bo@x.org',
            'cleo@x.org',
          ]);
          expect(await standing(place)).toEqual(closed);
          for (const entity of ['alert/churn/data-quality', 'retrain/churn']) {
            const handle = place.client.workflow.getHandle(entity);
            const hasEnded = async () => (await handle.describe()).status.name === 'COMPLETED';
            await until(hasEnded, `${entity} has ended`);
          }
          const schedule = place.client.schedule.getHandle('evaluate/churn');
          await expect(schedule.describe()).rejects.toThrow(/not found/i);

          const why = ['--as', 'bo', '--reason', 'too late for it'];
          expect((await place.cli(['retrain', 'churn', ...why])).code).toBeGreaterThan(0);
          const late = await place.cli(['approve', 'churn', ...why]);
          expect(late.code).toBeGreaterThan(0);
          expect(`${late.out}${late.err}`.replaceAll(/\s+/g, ' ')).toContain(
            'churn#1 is cancelled: its monitor was taken away',
          );
          const told = subjects().length;
          expect((await place.cli(['apply', '--prune'])).out).toContain('0 pruned');

          await prepare(place);
          await trouble(place);
          expect(await standing(place)).toMatchObject({
            'churn/data-quality#2': 'firing',
            'churn#1': 'cancelled',
            'churn#2': 'requested',
          });
          await until(() => subjects().length >= told + 4, 'both owners heard of both');
          expect((await place.lake.readHead<ModelHead>('model/churn'))?.retiredAt).toBeNull();
          expect(await place.cli(['lake', 'verify'])).toMatchObject({ code: 0 });
        }),
      );
    }),
);
