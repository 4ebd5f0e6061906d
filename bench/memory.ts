import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { table, words, type Bench } from './bench.js';
import type { ShapeName } from './data.js';
import { aftercare, runProgram, type Run } from './program.js';
import { withTickData } from './tick.js';
import { MODEL, variables, windowOf } from './world.js';

interface Size {
  rows: number;
  shape: ShapeName;
  columns: number;
}

const WIDE = { shape: 'window' as const, columns: 50 };
const NARROW = { shape: 'narrow' as const, columns: 10 };
const SIZES: readonly Size[] = [
  { rows: 1_000_000, ...WIDE },
  { rows: 10_000_000, ...WIDE },
  { rows: 10_000_000, ...NARROW },
  { rows: 100_000_000, ...NARROW },
];
const MOST_MB = 400;
/** From the narrow file to one of ten times its rows. */
const MOST_GROWTH = 0.1;
/** The 100 million rows take 5 GB; a disk should not fill up for a benchmark. */
const FREE_GB = 30;

/** Peak memory of `aftercare check`, over the number of rows; `--rows`: of the largest size. */
export const memory: Bench = {
  async run({ rows: most }) {
    const { bavail, bsize } = await statfs(tmpdir());
    const freeGb = (bavail * bsize) / 1e9;
    const wanted = most === null ? SIZES : scaled(most);
    const fits = ({ rows }: Size) => freeGb >= FREE_GB || rows < 100_000_000;
    const found: (Size & Pick<Run, 'peakMb' | 'cpuSeconds' | 'wallSeconds'>)[] = [];
    for (const size of wanted.filter(fits)) found.push({ ...size, ...(await measured(size)) });
    const narrow = found.filter(({ shape }) => shape === 'narrow').map(({ peakMb }) => peakMb);
    const [before, after] = narrow;
    const growth = before === undefined || after === undefined ? null : after / before - 1;
    const peak = Math.max(...found.map(({ peakMb }) => peakMb));
    const skipped = wanted.filter((size) => !fits(size));
    const peaks = found.map(({ rows, columns, peakMb, cpuSeconds, wallSeconds }) => ({
      ...{ rows, columns, peakMb, cpuSeconds, wallSeconds },
    }));
    return {
      figures: {
        ...{ peakMb: peak, goalMb: MOST_MB, growth, goalGrowth: MOST_GROWTH, peaks },
        skipped: skipped.map(({ rows, columns }) => ({ rows, columns, freeGb })),
      },
      lines: [
        ...table([
          ['rows x columns', 'peak', 'CPU', 'wall'],
          ...peaks.map((one) => [
            `${words.count(one.rows)} x ${one.columns}`,
            words.mb(one.peakMb),
            words.seconds(one.cpuSeconds),
            words.seconds(one.wallSeconds),
          ]),
        ]),
        `goal: at most ${MOST_MB} MB; growth over ten times the rows ${growth === null ? '-' : `${(growth * 100).toFixed(1)} %`} (goal: under 10 %)`,
        ...skipped.map(
          ({ rows, columns }) =>
            `skipped: ${words.count(rows)} x ${columns}, for ${freeGb.toFixed(0)} GB are free; it takes ${FREE_GB}`,
        ),
      ],
    };
  },
};

/** The second of two runs, with the reference's profile in the lake; the higher peak of both. */
function measured(size: Size): Promise<Run> {
  return withTickData({ ...size, earlier: 0 }, async (folder) => {
    const asOf = new Date(windowOf(0).end).toISOString();
    const check = aftercare(['check', MODEL, '--as-of', asOf, '--json'], variables(folder));
    const first = await runProgram(check, { folder, most: 1 });
    const second = await runProgram(check, { folder, most: 1 });
    return { ...second, peakMb: Math.max(first.peakMb, second.peakMb) };
  });
}

/** The same sizes, in proportion, with so many rows at most. */
function scaled(most: number): Size[] {
  return SIZES.map((size) => ({
    ...size,
    rows: Math.max(1_000, Math.round((size.rows * most) / 100_000_000)),
  }));
}
