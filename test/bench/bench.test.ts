import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { table } from '../../bench/bench.js';
import { median, peakMb, spend, typical } from '../../bench/spend.js';
import { benches } from '../../bench/index.js';
import { windowOf } from '../../bench/world.js';
import { builtProgram } from '../support/built.js';

async function bench(args: readonly string[]): Promise<string> {
  const argv = [await builtProgram('bench'), ...args];
  return execFileSync(process.execPath, argv, { encoding: 'utf8', stdio: 'pipe' });
}

test('the median of an odd number is the middle one, of an even one the upper of the two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

test('the typical run is the one with the median CPU, with the wall that it took', () => {
  const runs = [3, 1, 2].map((cpuSeconds) => ({ cpuSeconds, wallSeconds: cpuSeconds * 10 }));
  expect(typical(runs)).toEqual({ cpuSeconds: 2, wallSeconds: 20 });
});

test('what is spent holds the CPU of the work and no other', async () => {
  const idle = await spend(() => Promise.resolve());
  const busy = await spend(() => {
    const end = process.cpuUsage().user + 50_000;
    while (process.cpuUsage().user < end);
    return Promise.resolve();
  });
  expect(busy.cpuSeconds).toBeGreaterThanOrEqual(0.05);
  expect(idle.cpuSeconds).toBeLessThan(busy.cpuSeconds);
  expect(peakMb()).toBeGreaterThan(10);
});

test('columns of a table line up, numbers to the right', () => {
  expect(
    table([
      ['', 'wall'],
      ['a long name', '1.0 s'],
    ]),
  ).toEqual(['              wall', 'a long name  1.0 s']);
});

test('days before the measured window, a Thursday, have the weekdays of the calendar', () => {
  const days = [-8, -7, -3, -1, 0, 1, 3].map((day) => windowOf(day));
  const sundayIsSeven = days.map(({ start }) => new Date(start).getUTCDay() || 7);
  expect(days.map(({ weekday }) => weekday)).toEqual(sundayIsSeven);
});

test('every benchmark loads, under its own name', async () => {
  for (const load of Object.values(benches)) expect(await load()).toHaveProperty('run');
});

test('a tick ends with one line of JSON that has its ratio to the floor', async () => {
  const said = await bench(['tick', '--rows', '1000', '--json']);
  const lines = said.trim().split('\n');
  const found = JSON.parse(lines.at(-1) ?? '') as Record<string, number>;
  expect(lines).toHaveLength(1);
  expect(found).toMatchObject({ bench: 'tick', rows: 1000, columns: 50, earlier: 0 });
  expect(found['ratioToFloor']).toBeCloseTo(
    (found['cpuSeconds'] ?? NaN) / (found['floorCpuSeconds'] ?? NaN),
  );
  expect(found['ratioWithoutReference']).toBeGreaterThan(found['ratioToFloor'] ?? Infinity);
  expect(found['findings']).toBeGreaterThan(100);
}, 300_000);

test('a benchmark that is not there is a fault of use that names those that are', async () => {
  await expect(bench(['tock'])).rejects.toThrow(/names: tick, loop, peers/);
});
