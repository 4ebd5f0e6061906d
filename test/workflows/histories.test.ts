import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sharedBundle } from '../support/built.js';
import { fromText, replayAll } from '../support/replay.js';

const folder = new URL('../histories/', import.meta.url);

test('recorded runs of all workflows replay and do what they did', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const histories = await Promise.all(
    files.map(async (file) => fromText(await readFile(new URL(file, folder), 'utf8'))),
  );
  const kinds = new Set(histories.map(({ workflowId }) => workflowId.split('/')[0]));
  expect(kinds).toEqual(new Set(['alert', 'retrain', 'evaluate', 'backfill']));
  const bundle = await sharedBundle('../workflows/index.ts');
  const replays = await replayAll(bundle, histories);
  expect(replays).toHaveLength(files.length);
  for (const { workflowId, error, replayed, recorded } of replays) {
    expect(error, workflowId).toBeUndefined();
    expect(replayed, workflowId).toEqual(recorded);
  }
  const performed = new Set(replays.flatMap(({ recorded }) => recorded.map(([name]) => name)));
  expect([...performed].toSorted()).toEqual([
    ...['advance', 'advise', 'attempt', 'evaluateWindow', 'finishBackfill', 'planBackfill'],
    ...['planDue', 'tell', 'write', 'writeOff'],
  ]);
}, 60_000);
