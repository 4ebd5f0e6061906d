import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ModelHead } from '../../domain/model.js';
import { openLake } from '../../lake/lake.js';
import type { Lake } from '../../lake/lake.js';
import { builtProgram } from '../support/built.js';
import { HOUR, withFolder } from '../support/lake.js';

const KILLS = 16;
const ENDLESS = 1_000_000;

async function start(folder: string, windows: number): Promise<ChildProcess> {
  const args = [await builtProgram('lake-writer'), folder, String(windows)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const expected = (_: string, from: number, to: number) =>
  Array.from({ length: (to - from) / HOUR }, (_, i) => from + (i + 1) * HOUR);

async function watermarkOf(lake: Lake): Promise<number> {
  return (await lake.readHead<ModelHead>('model/churn'))?.watermark ?? 0;
}

test(
  'a writer killed 16 times at any moment leaves a sound lake, and the next run completes',
  () =>
    withFolder(async (folder) => {
      const lake = openLake(folder);
      let next = start(folder, ENDLESS);
      for (let kill = 0; kill < KILLS; kill++) {
        const child = await next;
        // The next one loads its modules meanwhile.
        next = start(folder, kill + 1 < KILLS ? ENDLESS : 0);
        child.stdin?.write('go\n');
        await sleep(40 + Math.random() * 400);
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        expect(child.signalCode).toBe('SIGKILL');
        if (kill % 4 === 3) expect((await lake.verify({ expected })).problems).toEqual([]);
      }
      (await next).kill('SIGKILL');

      const windows = (await watermarkOf(lake)) / HOUR + 30;
      const last = await start(folder, windows);
      last.stdin?.write('go\n');
      expect(await once(last, 'exit')).toEqual([0, null]);

      expect(await watermarkOf(lake)).toBe(windows * HOUR);
      const report = await lake.verify({ expected });
      expect(report.problems).toEqual([]);
      expect(report.counts).toMatchObject({ windows, commits: windows, audited: windows });
      expect(await lake.findingsOf('churn')).toHaveLength(2 * windows);
      expect(await lake.auditOf('retrain/churn')).toHaveLength(windows);
      expect(await lake.readEntityHead('retrain/churn')).toEqual({ window: windows * HOUR });

      await lake.gc(report, Date.now() + 2 * 24 * HOUR);
      const cleaned = await lake.verify({ expected });
      expect(cleaned).toEqual({ ...report, harmless: [] });
    }),
  180_000,
);
