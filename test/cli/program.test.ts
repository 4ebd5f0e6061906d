import { Command, type Option } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram, commandFiles, programFor } from '../../cli/program.js';
import { loadedBy } from '../support/imports.js';

const namesOf = (program: Command): string[] => program.commands.map((one) => one.name());

test('every file adds the commands that it is listed with, in that order', async () => {
  for (const { names, load } of commandFiles) {
    const program = new Command();
    (await load())(program);
    expect(namesOf(program)).toEqual(names);
  }
  const listed = commandFiles.flatMap(({ names }) => names);
  expect(new Set(listed).size).toBe(listed.length);
  expect(namesOf(await buildProgram())).toEqual(listed);
});

test('every flag is also a variable of its name', async () => {
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  for (const command of all(await buildProgram())) {
    for (const { long, envVar, hidden } of command.options) {
      // Before the name of a command they are that command's, which has the variable.
      if (hidden) continue;
      const name = (long ?? '').slice(2);
      // NO_COLOR is everybody's, and what asks for words runs nothing.
      if (['no-color', 'help', 'version'].includes(name)) continue;
      const own = `AFTERCARE_${name.replace(/^no-/, '').replaceAll('-', '_').toUpperCase()}`;
      expect(envVar, `${command.name()} ${long ?? ''}`).toBe(own);
    }
  }
});

test('a command comes alone with those of its file', async () => {
  expect(namesOf(await programFor('check'))).toEqual(['check']);
  expect(namesOf(await programFor('approve'))).toContain('reject');
});

test('without a command, and with one that is not there, all of them are known; the version needs none', async () => {
  const all = namesOf(await buildProgram());
  for (const first of [undefined, '--help', 'help', 'chek']) {
    expect(namesOf(await programFor(first))).toEqual(all);
  }
  expect(namesOf(await programFor('--version'))).toEqual([]);
});

const optionsOf = ({ options, commands }: Command): readonly Option[] => [
  ...options,
  ...commands.flatMap(optionsOf),
];

test('a flag has the variable of its own name, in every command that takes it', async () => {
  for (const { envVar, long } of optionsOf(await buildProgram())) {
    if (envVar === undefined) continue;
    expect(envVar).toBe(`AFTERCARE_${long?.slice(2).replaceAll('-', '_').toUpperCase()}`);
  }
});

test('a variable means the same to all processes that may share an environment', async () => {
  const processes = new Set(['demo', 'up', 'worker', 'serve', 'dev-server']);
  const { commands } = await buildProgram();
  const options = commands.filter((one) => processes.has(one.name())).flatMap(optionsOf);
  const meaning = new Map<string, string>();
  for (const { envVar, description } of options) {
    if (envVar === undefined) continue;
    expect({ envVar, description }).toEqual({
      envVar,
      description: meaning.get(envVar) ?? description,
    });
    meaning.set(envVar, description);
  }
  expect([...meaning.keys()].filter((name) => name.endsWith('PORT')).sort()).toEqual([
    'AFTERCARE_METRICS_PORT',
    'AFTERCARE_PORT',
    'AFTERCARE_TEMPORAL_PORT',
    'AFTERCARE_UI_PORT',
  ]);
});

test('nothing is loaded before it is known which command runs', () => {
  expect(loadedBy('cli/main.ts').files).toEqual([
    ...['app/package-root.ts', 'cli/main.ts', 'cli/program.ts', 'cli/root.ts'],
  ]);
});

// What they load is most of what they cost.
const HEAVY = /temporalio|nodemailer|slack|fastify|prom-client|plot|resvg|linkedom|pino/;

test.each(['check', 'compare', 'backtest', 'accept', 'init'])(
  '%s loads nothing of Temporal, of channels or of charts',
  (command) => {
    const { packages } = loadedBy(`cli/${command}.ts`);
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  },
);
