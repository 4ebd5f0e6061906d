import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { blocksOf, documents, type Block } from '../support/documents.js';

const DAY = 86_400_000;
const ROWS_A_DAY = 300;
const HEAD = 'customer_id,scored_at,tenure_months,plan,monthly_fee,churn_probability';

/** The two files of the page: 20 days of training; 21 of production, dearer on the last. */
function writeData(folder: string): void {
  let state = 7;
  const draw = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const rows = (from: number, days: number, fee: (day: number) => number): string[] =>
    Array.from({ length: days * ROWS_A_DAY }, (_, i) => {
      const [day, place] = [Math.floor(i / ROWS_A_DAY), i % ROWS_A_DAY];
      const at = new Date(from + Math.floor((i / ROWS_A_DAY) * DAY)).toISOString();
      const tenure = Math.floor(draw() * 60);
      const plan = draw() < 0.6 ? 'basic' : 'plus';
      const odds = Math.exp(0.8 + (plan === 'basic' ? 0.5 : 0) - 0.05 * tenure);
      const price = (fee(day) * (20 + 40 * draw())).toFixed(2);
      const p = odds / (1 + odds);
      const cells = [`c${day}-${place}`, at, tenure, plan, price, p.toFixed(4)];
      return `${cells.join(',')},${draw() < p ? 1 : 0}`;
    });
  const training = rows(Date.UTC(2026, 8, 1), 20, () => 1);
  writeFileSync(join(folder, 'training.csv'), [`${HEAD},churned`, ...training, ''].join('\n'));
  const live = rows(Date.UTC(2026, 10, 1), 21, (day) => (day < 20 ? 1 : 1.3));
  const unlabelled = live.map((row) => row.slice(0, row.lastIndexOf(',')));
  writeFileSync(join(folder, 'predictions.csv'), [HEAD, ...unlabelled, ''].join('\n'));
}

const folder = mkdtempSync(join(tmpdir(), 'aftercare-quickstart-'));
writeData(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = documents().filter(({ file }) => file === 'docs/quickstart.md');
const blocks = page.flatMap(blocksOf);
const isRun = ({ language, words }: Block): boolean => language === 'sh' && words[0] === 'run';

async function run(command: string): Promise<{ status: number; output: string }> {
  const [npx, name, ...args] = command.split(' ');
  if (npx !== 'npx' || name !== 'aftercare') throw new Error(`expected npx aftercare: ${command}`);
  const { code, out, err } = await runCli(args, { cwd: folder, env: {} });
  return { status: code, output: `${out}\n${err}` };
}

const spaceless = (line: string): string => line.replaceAll(/\s+/g, ' ').trim();

test('the quickstart works: its commands end as it says, with the output that it shows', async () => {
  expect(blocks.filter(isRun).length).toBeGreaterThan(3);
  let printed = '';
  for (const block of blocks) {
    const { language, words, text } = block;
    const named = words.find((word) => word.startsWith('file='))?.slice('file='.length);
    if (named !== undefined) {
      mkdirSync(join(folder, dirname(named)), { recursive: true });
      writeFileSync(join(folder, named), text);
    } else if (isRun(block)) {
      const wanted = Number(words.find((word) => word.startsWith('exit='))?.slice(5) ?? 0);
      const { status, output } = await run(text.trim());
      expect({ command: text.trim(), status, output }).toMatchObject({ status: wanted });
      printed = output;
    } else if (language === 'text' && printed !== '') {
      const lines = new Set(printed.split('\n').map(spaceless));
      for (const line of text.trim().split('\n')) expect(lines).toContain(spaceless(line));
    }
  }
}, 240_000);
