import { table, words, type Bench } from './bench.js';
import { inFresh } from './fresh.js';
import { withTickData, type TickFigures } from './tick.js';

const MOST_TIMES = 3;
const ROUNDS = 3;

/** What the checks of decisions and their labels cost, with all else of an evaluation. */
export const loop: Bench = {
  async run({ rows: asked }) {
    const rows = asked ?? 10_000_000;
    const found = await withTickData({ rows, earlier: 0, shape: 'loop' }, (folder) =>
      inFresh<TickFigures>('tick.measure', { folder, rounds: ROUNDS }),
    );
    const { floor, cached, columns, findings, peakMb } = found;
    const times = cached.cpuSeconds / floor.cpuSeconds;
    const took = [floor, cached].map((one) => [
      words.seconds(one.cpuSeconds),
      words.seconds(one.wallSeconds),
    ]);
    return {
      figures: {
        ...{ ratioToFloor: times, goal: MOST_TIMES, ...cached, peakMb, rows, columns, findings },
        ...{ floorCpuSeconds: floor.cpuSeconds, floorWallSeconds: floor.wallSeconds },
      },
      lines: [
        `${words.count(rows)} rows x ${columns} columns, ${findings} findings`,
        ...table([
          ['', 'CPU', 'wall', 'CPU / floor', 'goal'],
          ['floor: count every column', ...(took[0] ?? []), '', ''],
          ['whole evaluation', ...(took[1] ?? []), words.times(times), `<= ${MOST_TIMES}`],
        ]),
        `peak memory ${words.mb(peakMb)}`,
      ],
    };
  },
};
