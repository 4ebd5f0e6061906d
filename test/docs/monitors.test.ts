import { globSync } from 'tinyglobby';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { exampleTeams } from '../../config/example-teams.js';
import { exampleMonitor, shortestMonitor } from '../../config/example.js';
import { loadConfig } from '../../config/load.js';
import { readVersionFile } from '../../config/version-file.js';
import { blocksOf, documents, type Block } from '../support/documents.js';
import { withConfig } from '../support/config.js';

const yamls = documents()
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'yaml');
const named = (blocks: Block[]): [string, Block][] =>
  blocks.map((block) => [`${block.file}:${block.line}`, block]);
const isTeams = ({ text }: Block): boolean => /^people:/m.test(text);
const isFragment = ({ words }: Block): boolean => words.includes('fragment');
const isVersion = ({ words }: Block): boolean => words.includes('version');

/** teams.yaml in which every owner of a monitor is a team of two. */
function teamsFor(text: string): string {
  const names = new Set([...text.matchAll(/team:([\w-]+)/g)].map(([, name]) => name ?? ''));
  const team = { members: ['ana', 'bo'], channels: ['email'] };
  return stringify({
    people: { ana: { email: 'ana@example.com' }, bo: { email: 'bo@example.com' } },
    teams: Object.fromEntries([...names, 'ml-leads'].map((name) => [name, team])),
    root: 'team:ml-leads',
  });
}

async function problemsOf(monitor: string, teams = teamsFor(monitor)): Promise<string[]> {
  return withConfig({ 'example.yaml': monitor, 'teams.yaml': teams }, async (folder) => {
    const { problems } = await loadConfig(folder);
    return problems.map(({ file, line, message }) => `${basename(file)}:${line} ${message}`);
  });
}

/** A fragment in its place: below the section that it begins with, of a monitor that is right. */
function completed(fragment: string): string {
  const given = parse(fragment) as Record<string, unknown>;
  const base = { ...exampleMonitor, checks: [] };
  if ('features' in given) {
    return stringify({ ...base, columns: { ...base.columns, features: given['features'] } });
  }
  const isRegression = fragment.includes('rmse');
  const model = isRegression ? { ...base.model, task: 'regression' } : base.model;
  const prediction = isRegression ? { value: 'p' } : base.columns.prediction;
  const { loop, ...usual } = base.retraining;
  const { action, ...columns } = base.columns;
  // columns of the fragment's own say nothing of decisions, which a loop needs
  const retraining = 'columns' in given ? usual : { ...usual, loop };
  const { retraining: _, ...rest } = base;
  const kept = isRegression ? rest : { ...rest, retraining };
  const own = isRegression ? columns : { ...columns, action };
  const labels = base.labels.map(({ label_source, absent, ...label }) => ({
    ...label,
    ...(isRegression ? {} : { label_source }),
    ...(isRegression || 'columns' in given ? {} : { absent }),
  }));
  return stringify({ ...kept, model, labels, columns: { ...own, prediction }, ...given });
}

describe('examples in the documentation', () => {
  const monitors = yamls.filter(
    (block) => !isTeams(block) && !isFragment(block) && !isVersion(block),
  );

  test('there are some of each', () => {
    expect(monitors.length).toBeGreaterThan(3);
    expect(yamls.filter(isTeams).length).toBeGreaterThan(1);
    expect(yamls.filter(isFragment).length).toBeGreaterThan(1);
    expect(yamls.filter(isVersion).length).toBe(1);
  });

  test.each(named(monitors))('the monitor at %s is valid', async (_, { text }) => {
    expect(await problemsOf(text)).toEqual([]);
  });

  test.each(named(yamls.filter(isTeams)))('the teams at %s are valid', async (_, { text }) => {
    const short = stringify({ ...shortestMonitor, model: { id: 'm', owners: 'team:growth-ml' } });
    expect(await problemsOf(short, text)).toEqual([]);
  });

  test.each(named(yamls.filter(isFragment)))('the part at %s is valid', async (_, { text }) => {
    expect(await problemsOf(completed(text))).toEqual([]);
  });

  test.each(named(yamls.filter(isVersion)))('the version at %s is valid', async (_, { text }) => {
    const read = await withConfig({ 'version.yaml': text }, (folder) =>
      Promise.resolve(
        readVersionFile({ file: join(folder, 'version.yaml'), name: 'version.yaml' }),
      ),
    );
    expect(read).toMatchObject({ version: { version: 'churn-7' } });
  });

  test('the monitor of the README has twenty lines at most', () => {
    const [first] = monitors.filter(({ file }) => file === 'README.md');
    expect(first?.text.trim().split('\n').length).toBeLessThanOrEqual(20);
  });
});

describe('examples', () => {
  test('the example monitors of the project are valid', async () => {
    const { problems } = await loadConfig('examples/monitors');
    expect(problems).toEqual([]);
    expect(globSync('examples/monitors/*.yaml').length).toBeGreaterThan(1);
  });

  test('the monitor that says everything is valid', async () => {
    expect(await problemsOf(stringify(exampleMonitor))).toEqual([]);
    expect(stringify(exampleTeams)).toContain('growth-ml');
  });

  test('a training result in the documentation has the keys that trainers must give', () => {
    const text = readFileSync('docs/how-to/retraining.md', 'utf8');
    const page = { file: 'docs/how-to/retraining.md', text };
    const jsons = blocksOf(page).filter(({ language }) => language === 'json');
    const keys = jsons.map((block) => Object.keys(JSON.parse(block.text) as object));
    expect(keys).toEqual([
      [
        ...['key', 'model', 'trainUntil', 'trainOn', 'reason', 'evidence', 'timeout'],
        ...['callbackUrl', 'callbackKey'],
      ],
      [
        ...['version', 'trainedUntil', 'reference', 'rows', 'metrics', 'championMetrics'],
        ...['data', 'difference'],
      ],
    ]);
  });
});
