import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RegisteredVersion } from '../../domain/version.js';
import type { Lake } from '../../lake/lake.js';
import { runCli } from '../support/cli.js';
import { shortest, someTeams } from '../support/config.js';
import { commitFor, evaluation, withLakeAndDuck } from '../support/lake.js';

const asked = Date.UTC(2026, 10, 15);
const promoted = Date.UTC(2026, 10, 16, 9);

const version = (name: string, more: Partial<RegisteredVersion>): RegisteredVersion => ({
  ...{ model: 'churn', version: name, code: null, hyperparameters: {}, preprocessing: null },
  ...{ training: null, artefacts: [], evaluation: null, parents: [], notes: null },
  ...{ origin: { kind: 'cli', ref: null }, by: null, at: promoted, ...more },
});

/** v2 replaced v1 by request 3, which the window of 15 November asked for; v1 was made from v0. */
async function fill(lake: Lake, write: (made: ReturnType<typeof evaluation>) => Promise<string>) {
  const file = { path: 'data/2026-11-14.parquet', size: 1, modified: 1, etag: null };
  const manifest = { files: [file], predicate: 'ts in [a, b)', rows: 1234, landed: null };
  const made = evaluation(asked, { manifest } as unknown as Parameters<typeof evaluation>[1]);
  await lake.commit(commitFor(made, await write(made)));
  const finding = { check: 'roc_auc', target: 'score', segment: null };
  const reasons = [
    { text: 'roc_auc fell from 0.81 to 0.74.', findings: [finding] },
    { text: 'income drifted.', findings: [{ ...finding, check: 'psi', target: 'income' }] },
  ];
  const evidence = await lake.putObject('evidence', {
    ...{ advice: { action: 'retrain', reasons, blockers: [], window: asked }, input: {} },
    ...{ run: made.run, monitor: 'm', reference: null },
  });
  const advice = { action: 'retrain', windowEnd: asked, revision: 1, evidence };
  const approval = { at: asked, verified: false, reason: 'yes' };
  const request = (number: number, status: string, made: string | null) => ({
    ...{ id: `churn#${number}`, model: 'churn', status, openedAt: asked, openedBy: 'aftercare' },
    ...{ reason: 'roc_auc fell', advice, evidence, endedAt: promoted },
    approvals: [
      { by: 'ana', ...approval },
      { by: 'bo', ...approval },
    ],
    result: made === null ? null : { version: made },
  });
  await lake.putEntityHead('retrain/churn', 1, {
    // one that trained v2 too, and did not pass the gate
    requests: [request(3, 'succeeded', 'v2'), request(2, 'gate_failed', 'v2')],
  });
  await lake.putVersion(version('v1', { at: 1, by: 'ana', parents: ['v0'] }));
  const training = { path: 'train-2.parquet', sha256: null, rows: 5000, from: null, to: null };
  const origin = { kind: 'retraining', ref: null } as const;
  await lake.putVersion(version('v2', { parents: ['v1'], training, origin }));
}

test('a version is followed to the request, the findings, the rows and its parents', () =>
  withLakeAndDuck(async (lake, db, root) => {
    const cwd = join(root, '..');
    await mkdir(join(cwd, 'monitors'));
    await writeFile(join(cwd, 'monitors', 'churn.yaml'), shortest);
    await writeFile(join(cwd, 'monitors', 'teams.yaml'), someTeams);
    const lineage = (...args: string[]) =>
      runCli(['models', 'lineage', 'churn', ...args], { env: { AFTERCARE_LAKE: root }, cwd });
    expect((await lineage()).out).toBe('No version of churn is registered.\n');
    await fill(lake, (made) => lake.writeEvaluation(db, made, 'a1'));
    const { out, code } = await lineage();
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'v2 of churn',
      ' made from    v1',
      ' trained on   train-2.parquet (no hash), 5\u202f000 rows',
      ' registered   2026-11-16 09:00 UTC by a retraining',
      ' asked by     churn#3, opened by aftercare: roc_auc fell',
      ' approved by  ana, bo, promoted 2026-11-16 09:00 UTC',
      ' because      roc_auc fell from 0.81 to 0.74.',
      '              income drifted.',
      ' found in     churn@2026-11-15T00:00:00Z/1: 1\u202f234 rows of',
      '              data/2026-11-14.parquet',
      '',
      'v1 of churn',
      ' made from   v0 (not registered)',
      ' registered  1970-01-01 00:00 UTC by ana',
      '',
    ]);
    const { lineage: line } = JSON.parse((await lineage('v2', '--json')).out) as {
      lineage: Record<string, unknown>[];
    };
    expect(line).toMatchObject([
      {
        version: { version: 'v2', at: '2026-11-16T09:00:00Z' },
        retraining: {
          request: { id: 'churn#3', endedAt: '2026-11-16T09:00:00Z' },
          findings: [{ check: 'roc_auc' }, { check: 'psi', target: 'income' }],
          rows: { n: 1234, files: ['data/2026-11-14.parquet'], predicate: 'ts in [a, b)' },
        },
        unregistered: [],
      },
      { version: { version: 'v1' }, retraining: null, unregistered: ['v0'] },
    ]);
    expect((await lineage('v1')).out).toMatch(/^v1 of churn\n/);
    expect(await lineage('v9')).toMatchObject({ code: 2 });
  }));
