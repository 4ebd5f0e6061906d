import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { PostgresSource } from '../domain/source-spec.js';
import { locate } from '../sources/locate.js';
import { postgresMissing, withPostgres, type TestPostgres } from '../test/support/postgres.js';
import { testWorld } from '../test/support/world.js';
import { withFolder, words, type Bench } from './bench.js';
import { inFresh } from './fresh.js';
import { median, peakMb, spend, type Spent } from './spend.js';

const ROWS = 1_000_000;
const ROUNDS = 3;
const GOAL = { share: 0.5, peakMb: 400 };
const START = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;

interface Pull {
  folder: string;
  url: string;
}
type Pulled = Spent & { peakMb: number; rows: number };

/** A day of rows from PostgreSQL, beside `\copy … to /dev/null` of psql of the same query. */
export const postgres: Bench = {
  async run({ rows: wanted }) {
    const missing = postgresMissing();
    if (missing !== null) throw new Error(missing);
    const rows = wanted ?? ROWS;
    return withFolder((folder) =>
      withPostgres(async (server) => {
        await fill(server, rows);
        const [ours, theirs]: [Pulled[], number[]] = [[], []];
        for (let round = 0; round < ROUNDS; round++) {
          theirs.push(await psql(server));
          const input: Pull = { folder: path.join(folder, String(round)), url: server.url };
          ours.push(await inFresh<Pulled>('postgres.pull', input));
          await rm(input.folder, { recursive: true });
        }
        return outcomeOf({ rows, ours, theirs });
      }),
    );
  },
  steps: { pull },
};

/** 20 columns: an id, a time, 12 numbers of full precision, 3 whole numbers, 3 texts. */
async function fill(server: TestPostgres, rows: number): Promise<void> {
  const numbers = Array.from({ length: 12 }, (_, i) => `random() * ${10 ** (i % 5)} as x${i}`);
  const whole = [10, 1_000, 1_000_000].map((most) => `(random() * ${most})::int as n${most}`);
  const texts = [
    "('{FR,DE,IT,ES,PL}'::text[])[1 + (i % 5)] as country",
    'md5((i % 1000)::text) as device',
    'case when i % 50 = 0 then \'say "no", twice\' end as remark',
  ];
  const time = `timestamptz '2026-03-01 00:00Z' + i * interval '86400 seconds' / ${rows} as ts`;
  await server.sql(
    `create unlogged table scores as select i as id, ${time}, ` +
      `${[...numbers, ...whole, ...texts].join(', ')} from generate_series(0, ${rows - 1}) i; ` +
      'analyze scores',
  );
}

const INSIDE = `ts >= timestamptz '2026-03-01 00:00Z' and ts < timestamptz '2026-03-02 00:00Z'`;

/** Seconds of psql. */
async function psql({ url }: TestPostgres): Promise<number> {
  const from = performance.now();
  const copy = `\\copy (select * from scores where ${INSIDE}) to /dev/null csv`;
  const child = spawn('psql', ['-X', '-q', '-c', copy, url], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`psql ended with ${code ?? 'a signal'}`);
  return (performance.now() - from) / 1e3;
}

async function pull({ folder, url }: Pull): Promise<Pulled> {
  const spec: PostgresSource = {
    ...{ kind: 'postgres', path: 'scores', url: 'env:URL', table: 'scores', query: null },
    ...{ where: null, time: { column: 'ts', timezone: 'UTC' }, timeout: DAY, overlap: DAY },
  };
  const world = testWorld(folder);
  world.secrets['env:URL'] = url;
  const span = { start: START, end: START + DAY };
  const asked = { span, timezone: 'UTC', owner: 'team:ml' };
  const spent = await spend(() => locate(spec, asked, world));
  return { ...spent, peakMb: peakMb(), rows: world.rows };
}

function outcomeOf(found: { rows: number; ours: readonly Pulled[]; theirs: readonly number[] }) {
  const { rows, ours, theirs } = found;
  const whole = ours.every((one) => one.rows === rows);
  if (!whole) throw new Error(`${ours.map((one) => one.rows).join(', ')} rows came of ${rows}`);
  const seconds = median(ours.map(({ wallSeconds }) => wallSeconds));
  const cpuSeconds = median(ours.map((one) => one.cpuSeconds));
  const peak = Math.max(...ours.map((one) => one.peakMb));
  const psqlSeconds = median(theirs);
  const share = psqlSeconds / seconds;
  return {
    figures: {
      ...{ rows, seconds, cpuSeconds, peakMb: peak, psqlSeconds, share },
      ...{ goalShare: GOAL.share, goalPeakMb: GOAL.peakMb },
    },
    lines: [
      `${words.count(rows)} rows x 20 columns, medians of ${ROUNDS}`,
      `psql \\copy to /dev/null  ${words.seconds(psqlSeconds)}`,
      `into Parquet            ${words.seconds(seconds)}  (CPU ${words.seconds(cpuSeconds)})`,
      `as fast as psql         ${words.times(share)}  (goal: at least ${GOAL.share} x)`,
      `peak memory             ${words.mb(peak)}  (goal: at most ${GOAL.peakMb} MB)`,
    ],
  };
}
