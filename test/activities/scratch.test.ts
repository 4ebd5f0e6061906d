import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeRunFolder, sweepScratch } from '../../activities/scratch.js';

const now = Date.UTC(2026, 10, 23);

async function withScratchFolder(run: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'aftercare-scratch-'));
  try {
    await run(scratch);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

test('what a killed process left is swept; what a living one works with stays', () =>
  withScratchFolder(async (scratch) => {
    const mine = path.basename(await makeRunFolder(scratch));
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const theirs = mine.replace(`~${process.pid}-`, `~${other.pid}-`);
    await mkdir(path.join(scratch, theirs, 'spill'), { recursive: true });
    await writeFile(path.join(scratch, theirs, 'spill', 'sort.tmp'), 'rows');
    await mkdir(path.join(scratch, 'kept'));

    expect(await sweepScratch(scratch, now)).toEqual([]);
    expect((await readdir(scratch)).sort()).toEqual(['kept', mine, theirs].sort());

    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await sweepScratch(scratch, now)).toEqual([theirs]);
    expect((await readdir(scratch)).sort()).toEqual(['kept', mine].sort());
    expect(await sweepScratch(scratch, now)).toEqual([]);
  }));

test('folders of another host go once nothing was written there for a week', () =>
  withScratchFolder(async (scratch) => {
    const days = (n: number) => new Date(now - n * 86_400_000);
    for (const [name, age] of [
      ['run-elsewhere~1-abc123', 8],
      ['run-elsewhere~1-def456', 6],
      ['run-x1y2z3', 8],
    ] as const) {
      await mkdir(path.join(scratch, name));
      await utimes(path.join(scratch, name), days(age), days(age));
    }
    const gone = await sweepScratch(scratch, now);
    expect(gone.sort()).toEqual(['run-elsewhere~1-abc123', 'run-x1y2z3']);
    expect(await readdir(scratch)).toEqual(['run-elsewhere~1-def456']);
  }));
