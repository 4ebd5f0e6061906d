import { parseArgs } from 'node:util';
import { prepare, tick } from './tick.js';
import type { TickResult } from './tick.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    folder: { type: 'string' },
  },
});
const rows = Number(values.rows);
const [what = 'tick'] = positionals;

if (what === 'prepare' && values.folder !== undefined) {
  await prepare(values.folder, rows);
} else if (what === 'tick' && Number.isInteger(rows) && rows > 0) {
  const result = await tick(rows);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : say(result));
} else {
  process.stderr.write('usage: npm run bench -- tick [--rows 1000000] [--json]\n');
  process.exitCode = 2;
}

function say(result: TickResult): string {
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  return [
    `tick: ${result.rows.toLocaleString('en')} rows x ${result.columns} columns, ${result.findings} findings`,
    `  floor (count every column)  ${seconds(result.floorCpuSeconds)} CPU, ${seconds(result.floorWallSeconds)} wall`,
    `  whole evaluation            ${seconds(result.cpuSeconds)} CPU, ${seconds(result.wallSeconds)} wall`,
    `  ratio to the floor, in CPU  ${result.ratioToFloor.toFixed(2)} (goal: at most 6)`,
    `  peak memory                 ${result.peakMb.toFixed(0)} MB (goal: under 500)`,
    '',
  ].join('\n');
}
