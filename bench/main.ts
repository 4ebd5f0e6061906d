import os from 'node:os';
import { parseArgs } from 'node:util';
import { benches, runStep } from './index.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    earlier: { type: 'string', default: '0' },
    venv: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [what = 'tick', step = '', input = ''] = positionals;
const rows = values.rows === undefined ? null : Number(values.rows);
const earlier = Number(values.earlier);
const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;

if (what === 'step') {
  process.stdout.write(JSON.stringify((await runStep(step, input)) ?? null));
} else {
  const load = benches[what];
  if (load === undefined || (rows !== null && !isCount(rows, 1)) || !isCount(earlier, 0)) {
    process.stderr.write(
      'usage: npm run bench -- <name> [--rows n] [--earlier n] [--venv folder] [--json]\n' +
        `names: ${Object.keys(benches).join(', ')}\n`,
    );
    process.exitCode = 2;
  } else {
    const machine = { load: os.loadavg()[0] ?? 0, cores: os.availableParallelism() };
    const bench = await load();
    const { figures, lines } = await bench.run({ rows, earlier, venv: values.venv ?? null });
    const busy = `(${machine.cores} cores, load ${machine.load.toFixed(1)} at the start)`;
    const text = [`${what} ${busy}`, ...lines.map((line) => `  ${line}`)].join('\n');
    if (!values.json) process.stdout.write(`${text}\n`);
    else process.stdout.write(`${JSON.stringify({ bench: what, ...figures, ...machine })}\n`);
  }
}
