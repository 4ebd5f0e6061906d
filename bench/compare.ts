import path from 'node:path';
import { withDuck } from '../lake/duck.js';
import { table, withFolder, words, type Bench } from './bench.js';
import { makeFile } from './data.js';
import { aftercare, python, runProgram, type Run } from './program.js';
import { median } from './spend.js';
import { inFresh } from './fresh.js';

const ROUNDS = 9;
/** Times the imports. */
const GOAL = 1.1;

interface Files {
  folder: string;
  rows: number;
}

const fileOf = ({ folder }: Pick<Files, 'folder'>, name: string): string =>
  path.join(folder, `${name}.parquet`);

/** `compare` of two small files, from start to table, beside what Python needs to import. */
export const compare: Bench = {
  async run({ rows: asked, venv }) {
    const rows = asked ?? 10_000;
    const rounds = await withFolder(async (folder) => {
      await inFresh('compare.prepare', { folder, rows } satisfies Files);
      const files = ['a', 'b'].map((name) => fileOf({ folder }, name));
      const own = aftercare(['compare', ...files]);
      const theirs =
        venv === null ? null : python(venv, ['-c', 'import spent, pandas, scipy.stats']);
      const found: { own: Run; theirs: Run | null }[] = [];
      // Turn by turn, for what else the machine does meets both; the first turn only warms up.
      for (let round = 0; round <= ROUNDS; round++) {
        found.push({
          own: await runProgram(own, { folder, most: 1 }),
          theirs: theirs && (await runProgram(theirs, { folder })),
        });
      }
      return found.slice(1);
    });
    const middle = (of: (round: (typeof rounds)[number]) => number | null | undefined) => {
      const values = rounds.map(of).filter((value) => value != null);
      return values.length === 0 ? null : median(values);
    };
    const [wallSeconds, cpuSeconds] = [
      middle(({ own }) => own.wallSeconds),
      middle(({ own }) => own.cpuSeconds),
    ];
    const [importWallSeconds, importCpuSeconds] = [
      middle(({ theirs }) => theirs?.wallSeconds),
      middle(({ theirs }) => theirs?.cpuSeconds),
    ];
    const ratioToImports = middle(
      ({ own, theirs }) => theirs && own.wallSeconds / theirs.wallSeconds,
    );
    const cpuRatioToImports = middle(
      ({ own, theirs }) => theirs && own.cpuSeconds / theirs.cpuSeconds,
    );
    const peak = middle(({ own }) => own.peakMb);
    return {
      figures: {
        ...{ ratioToImports, cpuRatioToImports, goal: GOAL, wallSeconds, cpuSeconds },
        ...{ importWallSeconds, importCpuSeconds, peakMb: peak, rows, columns: 20, rounds: ROUNDS },
      },
      lines: [
        `${words.count(rows)} rows x 20 columns, ${ROUNDS} turns, medians`,
        ...table([
          ['', 'wall', 'CPU'],
          ['aftercare compare', words.seconds(wallSeconds), words.seconds(cpuSeconds)],
          [
            'python: import pandas, scipy.stats',
            words.seconds(importWallSeconds),
            words.seconds(importCpuSeconds),
          ],
          [
            `ratio (goal: under ${GOAL})`,
            words.times(ratioToImports),
            words.times(cpuRatioToImports),
          ],
        ]),
        ...(venv === null ? ['no --venv was given: nothing to compare with'] : []),
      ],
    };
  },
  steps: { prepare },
};

async function prepare({ folder, rows }: Files): Promise<null> {
  const options = { threads: 2, memoryLimitMb: 500, tempDirectory: path.join(folder, 'tmp') };
  await withDuck(options, async (db) => {
    for (const [seed, name] of ['a', 'b'].entries()) {
      await makeFile(db, { file: fileOf({ folder }, name), rows, seed, shape: 'small' });
    }
  });
  return null;
}
