import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { checks } from '../checks/index.js';
import { buildProgram } from '../cli/program.js';
import { settingsTable } from '../config/settings-table.js';
import { referencePages } from '../docs/pages/index.js';
import { sources as locations } from '../sources/index.js';
import { workflowTypes } from '../workflows/messages.js';
import { builtWorkflows } from './support/built.js';
import { blocksOf, documents, proseOf, type Document } from './support/documents.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const ignore = ['**/node_modules/**', 'dist/**', 'coverage/**', '.aftercare/**', 'out/**'];
const sources = globSync(['**/*.ts'], { ignore: [...ignore, 'test/**'] }).sort();
const tests = globSync(['test/**/*.ts']).sort();
const pages = documents();
const program = await buildProgram();

/** What git keeps, or would: files that it ignores are nobody's business. */
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));

describe('checks', () => {
  const text = globSync('test/checks/*.test.ts').map(read).join('\n');

  test.each(checks.map(({ name }) => [name]))('%s has a test that names it', (name) => {
    expect(text).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('every check says what it asks, in what unit, and what to do', () => {
    for (const { name, question, unit, action } of checks) {
      expect(`${name}: ${question}`).toMatch(/\?$/);
      expect(`${name}: ${unit}`).toMatch(/: \S/);
      expect(`${name}: ${action}`).toMatch(/\.$/);
    }
  });
});

describe('sql', () => {
  const lake = globSync('lake/*.ts').map(read).join('\n');
  const files = globSync('sql/**/*.sql').sort();

  test.each(files)('%s has its contract on top, and a caller', (file) => {
    const [path, question, ...rest] = read(file).split('\n');
    expect(path).toBe(`-- ${file}`);
    expect(question).toMatch(/^-- .*\?/);
    const header = rest.filter((line) => line.startsWith('--')).join('\n');
    expect(header).toMatch(/^-- in: /m);
    expect(header).toMatch(/^-- out: /m);
    expect(lake).toContain(file.slice('sql/'.length, -'.sql'.length));
  });
});

describe('the four folders of one shape', () => {
  // Each implementation by the name that its contract test knows it by.
  const shapes: [string, string, readonly string[]][] = [
    ['checks', 'test/checks/checks.test.ts', checks.map(({ name }) => name)],
    ['sources', 'test/sources/contract.test.ts', locations.map(({ kind }) => kind)],
    ['notifiers', 'test/notifiers/contract.test.ts', ['email', 'slack', 'webhook']],
    ['trainers', 'test/trainers/contract.test.ts', ['command', 'http']],
  ];

  test.each(shapes)('%s has a list, and one test over all of it', (folder, contract, names) => {
    const list = read(`${folder}/index.ts`);
    const text = read(contract);
    for (const name of names) {
      expect(list.toLowerCase()).toContain(name.replaceAll('_', ''));
      expect(text).toMatch(new RegExp(`\\b(${name}|${folder})\\b`));
    }
  });
});

test('the workflows bundle, without anything that their sandbox forbids', async () => {
  const code = readFileSync(await builtWorkflows(), 'utf8');
  for (const type of Object.values(workflowTypes)) expect(code).toContain(type);
}, 120_000);

/** The command that these words begin with, and how many words name it; null: there is none. */
function commandAt(words: readonly string[]): { command: Command; depth: number } | null {
  let command: Command = program;
  let depth = 0;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    depth += 1;
  }
  return depth === 0 ? null : { command, depth };
}

/** What is wrong with a command line of ours; null: nothing. */
function faultOf(line: string): string | null {
  const words = line.trim().split(/\s+/);
  if (words[0]?.startsWith('-') === true) return null;
  const found = commandAt(words);
  if (found === null) return `no command ${words[0] ?? ''}`;
  const { command, depth } = found;
  const rest = words.slice(depth);
  const next = rest[0];
  if (command.commands.length > 0 && next !== undefined && /^[a-z]/.test(next)) {
    return `${command.name()} has no command ${next}`;
  }
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  const given = rest.flatMap((word) => /^--?[a-z][\w-]*/.exec(word) ?? []);
  const wrong = given.find((flag) => !known.includes(flag) && flag !== '--help');
  return wrong === undefined ? null : `${command.name()} has no flag ${wrong}`;
}

/** Every `aftercare …` in the code spans and blocks of a page. */
function commandsIn(page: Document): string[] {
  const spans = [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');
  const lines = blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'));
  return [...spans, ...lines].flatMap((text) => {
    const [, line] = /(?:^|npx )aftercare ([^#&|;]+)/.exec(text) ?? [];
    return line === undefined ? [] : [line];
  });
}

/** The name of a heading in a link, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

describe('documentation', () => {
  test('there are pages', () => {
    const names = pages.map(({ file }) => file);
    expect(names).toContain('README.md');
    expect(names).toContain('ARCHITECTURE.md');
    expect(names).toContain('CONTRIBUTING.md');
    expect(names).toContain('CHANGELOG.md');
    for (const page of Object.keys(referencePages)) expect(names).toContain(page);
    expect(read('LICENSE')).toContain('Apache License');
  });

  test('every command that a page names exists, with its flags', () => {
    const all = pages.flatMap((page) => commandsIn(page).map((line) => [page.file, line] as const));
    expect(all.length).toBeGreaterThan(50);
    const faults = all.flatMap(([file, line]) => {
      const fault = faultOf(line);
      return fault === null ? [] : [`${file}: aftercare ${line}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  test('every command that a message names exists', () => {
    const faults = [...sources, 'docker-compose.yml', 'Dockerfile'].flatMap((file) =>
      [...read(file).matchAll(/["`]aftercare ([a-z][^"`$<|\\]*)/g)].flatMap(([, line = '']) => {
        const fault = faultOf(line);
        return fault === null ? [] : [`${file}: aftercare ${line}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test('every variable that a page or a message names is a setting or a flag', () => {
    const flags = (command: Command): string[] => [
      ...command.options.flatMap(({ envVar }) => envVar ?? []),
      ...command.commands.flatMap(flags),
    ];
    const known = new Set<string>([...settingsTable.map(({ name }) => name), ...flags(program)]);
    const faults = [...pages.map(({ file }) => file), ...sources].flatMap((file) =>
      [...read(file).matchAll(/\b(?:AFTERCARE|TEMPORAL)_[A-Z_]*[A-Z]\b(?![<_*])/g)]
        .map(([name]) => name)
        .filter((name) => !known.has(name) && !CONSTANTS.has(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(faults).toEqual([]);
  });

  test('every link within the project leads somewhere', () => {
    const faults = pages.flatMap((page) =>
      [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        if (/^https?:/.test(link)) return [];
        const [path = '', anchor] = link.split('#');
        const file = path === '' ? page.file : join(dirname(page.file), path);
        if (!existsSync(file)) return [`${page.file}: ${link}`];
        if (anchor === undefined || statSync(file).isDirectory()) return [];
        const heads = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, head]) =>
          anchorOf(head ?? ''),
        );
        return heads.includes(anchor) ? [] : [`${page.file}: ${link}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test('the README is short, and its test command is the one that is run everywhere', () => {
    const readme = read('README.md');
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
    expect(readme).toContain('npm ci && npm test');
    expect(read('.ci/run')).toMatch(/^npm ci\nnpm test\s*$/m);
  });

  test('every decision has its four parts and a line in the list', () => {
    const list = read('docs/README.md');
    for (const file of globSync('docs/adr/*.md')) {
      const heads = [...read(file).matchAll(/^## (.+)$/gm)].map(([, head]) => head);
      expect({ file, heads }).toEqual({
        file,
        heads: ['Context', 'Decision', 'Consequences', 'Revisit when'],
      });
      expect(list).toContain(`adr/${basename(file)}`);
    }
  });
});

/** Names in capitals that are no variables. */
const CONSTANTS = new Set(['TEMPORAL_CLI']);

describe('the repository', () => {
  const texts = tracked.filter((file) => !/\.(ttf|png|ico|gz|parquet)$/.test(file));

  test('speaks of itself alone', () => {
    // In pieces: this file is looked at, too.
    const forbidden = [
      ...['cl aude', 'anth ropic', 'chat gpt', 'open ai', 'cop ilot', 'gem ini', 'cur sor ai'],
      ...['language mo del', 'registry.npm js', 'proxy.go lang', '/wo rk/', 'DESI GN.md'],
      ...['HOU SE.md', 'SURF ACE.md', 'shared/sp ec'],
    ].map((word) => word.replace(' ', '').toLowerCase());
    const faults = texts.flatMap((file) => {
      const text = read(file).toLowerCase();
      return forbidden.filter((word) => text.includes(word)).map((word) => `${file}: ${word}`);
    });
    expect(faults).toEqual([]);
  });

  test('names no ticket and no path of a machine', () => {
    const faults = texts
      .filter((file) => file !== 'package-lock.json' && !file.startsWith('test/histories/'))
      .flatMap((file) => {
        const text = read(file);
        const ticket = /\bissues? #?\d+/i.exec(text)?.[0];
        const path = file.startsWith('test/') ? undefined : /["'`\s]\/tmp\/\w+/.exec(text)?.[0];
        return [ticket, path].flatMap((fault) => (fault === undefined ? [] : `${file}: ${fault}`));
      });
    expect(faults).toEqual([]);
  });

  test('holds no test that is switched off and nothing left to do', () => {
    const undone = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
    const off = /\b(test|it|describe)\.(only|skip|todo)\(/;
    const faults = [...sources, ...tests].filter(
      (file) => undone.test(read(file)) || off.test(read(file)),
    );
    expect(faults).toEqual([]);
  });

  test('has no remark of more than 100 letters a line, but for addresses', () => {
    const faults = sources.flatMap((file) =>
      read(file)
        .split('\n')
        .filter(
          (line) => line.length > 100 && /^\s*(\/\/|\/?\*)/.test(line) && !/https?:/.test(line),
        )
        .map((line) => `${file}: ${line}`),
    );
    expect(faults).toEqual([]);
  });

  test('resolves no package from an address of its own', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
    expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  });
});
