import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { someTeams } from '../support/config.js';
import { withFolder, writeRows } from '../support/rows.js';

const EVIL = '<script>alert(1)</script>';

/** As much of a document as is looked at. */
interface Element {
  textContent: string;
  getAttribute: (name: string) => string | null;
}
interface Page {
  body: Element;
  querySelectorAll: (selector: string) => Iterable<Element>;
}

/** 4000 payments; a tenth of those in the band are held out, and of those blocked no label shows. */
const rows = (day: string, { times, labels }: { times: number; labels: 'all' | 'censored' }) => `
  select i as id, timestamp '${day}' + to_seconds(i * 20) as at,
    case when i % 10 = 0 then 0.9 else 0.1 end as p, (20 + sin(i)) * ${times} as eur,
    sin(i * 3) as "${EVIL}", i % 100 = 0 as held,
    case when i % 10 = 0 and i % 100 <> 0 then 'block' else 'pass' end as decision,
    case when i % 10 <> 0 then i % 200 = 1
      when i % 100 <> 0 and '${labels}' = 'censored' then false else i % 50 < 40 end as fraud
  from range(4000) t(i)`;

const MONITOR = `version: 1
model: { id: card, task: binary, owners: team:growth-ml }
windows: { size: 1d }
predictions: { from: { path: "day/{date}.parquet" } }
columns:
  id: [id]
  timestamp: at
  prediction: { score: p }
  action: { column: decision, censors: [block], explored: held }
labels: [{ value: fraud }]
reference: { drift: { kind: training, path: before.parquet } }
`;

const withCard = (
  use: (run: (...args: string[]) => ReturnType<typeof runCli>, folder: string) => Promise<void>,
) =>
  withFolder(async (db, folder) => {
    await mkdir(path.join(folder, 'monitors'));
    await mkdir(path.join(folder, 'day'));
    await writeFile(path.join(folder, 'monitors/teams.yaml'), someTeams);
    await writeFile(path.join(folder, 'monitors/card.yaml'), MONITOR);
    const before = rows('2026-03-01', { times: 1, labels: 'all' });
    const now = rows('2026-03-02', { times: 100, labels: 'censored' });
    await writeRows(db, path.join(folder, 'before.parquet'), before);
    await writeRows(db, path.join(folder, 'day/2026-03-02.parquet'), now);
    const env = { AFTERCARE_LAKE: path.join(folder, 'lake') };
    await use((...args) => runCli(['check', ...args], { cwd: folder, env }), folder);
  });

test('a page shows what to look at, the loop and every finding, and needs nothing beside it', () =>
  withCard(async (run, folder) => {
    const { code, out, err } = await run(
      'card',
      '--as-of',
      '2026-03-03',
      '--report',
      'card.html',
      '--json',
    );
    expect(code).toBe(1);
    expect(err).toContain('Report: card.html');
    const text = await readFile(path.join(folder, 'card.html'), 'utf8');
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;');
    expect(text.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|src=/);

    const { document } = parseHTML(text) as unknown as { document: Page };
    const texts = (selector: string) =>
      [...document.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());
    const { findings, loop, advice } = JSON.parse(out) as {
      findings: { check: string; verdict: string; sentence: string }[];
      loop: { from: string; to: string; sentence: string }[];
      advice: { action: string };
    };
    expect(texts('h3')[0]).toBe(`Advice: ${advice.action}`);
    // the broken column first, drawn; what follows from it stands behind it
    expect(texts('h3')[1]).toBe('scale_change · eur ■ alert');
    expect(texts('section')[1]).toMatch(/100 times .* because of it: psi/s);
    expect([...document.querySelectorAll('section figure svg')]).not.toEqual([]);
    // four links, in the picture and in words
    const svg = [...document.querySelectorAll('figure svg')].at(-1);
    expect(svg?.getAttribute('aria-label')).toContain('decision to label: seen: causal');
    const links = texts('table tbody th').filter((link) => link.includes('→'));
    expect(links).toEqual(loop.map(({ from, to }) => `${from} → ${to}`));
    for (const { sentence } of loop) expect(document.body.textContent).toContain(sentence);
    // all that the JSON has
    expect(texts('details tbody tr')).toHaveLength(findings.length);
    for (const { sentence } of findings) expect(document.body.textContent).toContain(sentence);
  }));

test('a page of a window without rows, and of a place that cannot be written', () =>
  withCard(async (run, folder) => {
    const empty = await run('card', '--as-of', '2026-03-05', '--report', 'none.html');
    expect(empty.code).toBe(4);
    expect(await readFile(path.join(folder, 'none.html'), 'utf8')).toContain('0 rows');
    const lost = await run('card', '--as-of', '2026-03-03', '--report', 'gone/card.html');
    expect([lost.code, lost.err]).toEqual([2, expect.stringContaining('--report: ENOENT')]);
    const all = await run('--report', 'all.html');
    expect([all.code, all.err]).toEqual([2, expect.stringContaining('need a model')]);
  }));
