/**
 * A worker in small, to be killed: works off the windows of one model, one after another, from
 * where the lake says that it stands. `tsx lake-writer.ts <lake> <windows>`; begins at a line on
 * stdin, ends at the given number of windows.
 */
import { once } from 'node:events';
import os from 'node:os';
import type { ModelHead } from '../../domain/model.js';
import { withDuck } from '../../lake/duck.js';
import type { Duck } from '../../lake/duck.js';
import { openLake } from '../../lake/lake.js';
import type { Lake } from '../../lake/lake.js';
import { evaluate, evaluation, HOUR } from './lake.js';

const ENTITY = 'retrain/churn';

async function workOff(lake: Lake, db: Duck, end: number): Promise<void> {
  const committed = (await lake.commitOf('churn', end, 1)) !== null;
  if (!committed) await evaluate(lake, db, evaluation(end));
  const sequence = end / HOUR;
  await lake.appendAudit({
    entity: ENTITY,
    sequence,
    at: end,
    actor: { id: 'policy', via: 'workflow', verified: true },
    action: 'noted',
    subject: `window ${sequence}`,
    reason: null,
    evidence: null,
  });
  for (const state of ['sending', 'sent'] as const) {
    await lake.putDelivery({
      deliveryId: `d${sequence}`,
      attempt: 1,
      state,
      entity: ENTITY,
      channel: 'email',
      address: 'a@example.org',
      reason: null,
      ref: null,
      at: end,
    });
  }
  await lake.putEntityHead(ENTITY, sequence, { window: end });
  await lake.updateHead<Partial<ModelHead>>('model/churn', (old) => ({
    ...old,
    model: 'churn',
    since: 0,
    windows: [],
    failed: [],
    notEvaluated: 0,
    watermark: end,
  }));
  if (sequence % 6 === 0) await lake.compact('churn', end);
}

const [root = '', windows = '0'] = process.argv.slice(2);
const lake = openLake(root);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
await withDuck({ threads: 1, memoryLimitMb: 200, tempDirectory: os.tmpdir() }, async (db) => {
  for (;;) {
    const head = await lake.readHead<ModelHead>('model/churn');
    const end = (head?.watermark ?? 0) + HOUR;
    if (end > Number(windows) * HOUR) break;
    await workOff(lake, db, end);
  }
});
process.exit(0);
