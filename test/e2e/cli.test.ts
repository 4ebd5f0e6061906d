import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../app/doctor.js';
import type { Change } from '../../app/publish.js';
import type { ModelHead } from '../../domain/model.js';
import { buildProgram } from '../../cli/program.js';
import { someTeams } from '../support/config.js';
import { root, startCli, unwrapped } from '../support/cli.js';
import { withLivePlace, withPlace, type Place } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { temporalMissing } from '../support/temporal.js';

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

/** A monitor over one CSV file that is there: 200 rows of 1 March 2026. */
async function prepare({ folder }: Place, models: readonly string[] = ['churn']): Promise<void> {
  await mkdir(join(folder, 'monitors'), { recursive: true });
  const start = Date.UTC(2026, 2, 1);
  const lines = Array.from({ length: 200 }, (_, i) => {
    const time = new Date(start + i * 5 * 60_000).toISOString();
    return `${i},${time},${(i % 50) / 50},${1_000 + (i % 40)},${i % 3 === 0 ? 'FR' : 'DE'}`;
  });
  const text = ['customer_id,scored_at,score,income,country', ...lines, ''].join('\n');
  await writeFile(join(folder, 'rows.csv'), text);
  await writeFile(join(folder, 'monitors/teams.yaml'), someTeams);
  for (const id of models) await writeFile(monitorFile(folder, id), monitorText(id));
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('"', '');

const monitorFile = (folder: string, id: string): string => join(folder, `monitors/${id}.yaml`);

const monitorText = (id: string, size = '1d'): string => `version: 1
model: { id: ${id}, owners: team:growth-ml }
windows: { size: ${size} }
predictions: { from: { path: rows.csv } }
columns: { timestamp: scored_at }
reference: { drift: { kind: training, path: rows.csv } }
`;

test('every command says what it takes, in at most 80 columns', async () => {
  const commands = allOf(await buildProgram());
  expect(commands.length).toBeGreaterThan(30);
  for (const command of commands) {
    const help = command.helpInformation();
    const long = help.split('\n').filter((line) => Array.from(line).length > 80);
    expect(long, command.name()).toEqual([]);
    expect(command.description(), command.name()).not.toBe('');
  }
});

test('wrong usage is exit 2 with the way out, and no stack', () =>
  withPlace({}, async (place) => {
    for (const [args, words] of [
      [['chekc'], /unknown command 'chekc'/],
      [['backtest'], /missing required argument 'model'/],
      [['status', '--nonsense'], /unknown option '--nonsense'/],
      [['check', 'churn', '--fail-on', 'everything'], /Allowed choices are warn, alert, never\./],
      [['check', 'churn', '--fail-on', 'wran'], /Did you mean "warn"\?/],
      [['check', 'nothing-like-it'], /No monitor for model "nothing-like-it" .* Known: churn\./],
      [['check', 'chrun'], /Did you mean "churn"\?/],
      [['alerts', 'lst'], /unknown command 'lst'\. .*Did you mean "list"\?/],
      [['requests', 'list', 'churn'], /'list' takes no argument, got 'churn'/],
      [['check', 'churn', '--as-of', 'soon'], /expected an instant as 2026-11-22/],
      [['worker', '--queues', 'wf,nothing'], /Expected some of wf, io/],
    ] as const) {
      await prepare(place);
      const { code, out, err } = await place.cli(args);
      expect({ code, out }, args.join(' ')).toEqual({ code: 2, out: '' });
      expect(err).toMatch(words);
      expect(err).not.toMatch(/^\s+at /m);
    }
  }));

test('as a process of its own it says what is wrong in a line, and exits so', () =>
  withPlace({}, async ({ env, folder }) => {
    const wrong = { ...env, AFTERCARE_THREADS: 'many' };
    const { code, out, err } = await startCli(['status'], { env: wrong, cwd: folder }).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('error: AFTERCARE_THREADS: expected a whole number, at least 1, got "many"\n');
  }));

test('a command that needs Temporal says how to get one when there is none', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const none = await place.cli(['apply']);
    expect(none).toMatchObject({ code: 3, out: '' });
    expect(none.err).toMatch(/No Temporal server is known.*aftercare up/s);
    const dead = await place.cli(['apply'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(dead).toMatchObject({ code: 3, out: '' });
    expect(dead.err).toMatch(/does not answer at 127\.0\.0\.1:1.*aftercare dev-server/s);
    // What is wrong with the files is told before it.
    await writeFile(monitorFile(place.folder, 'bad'), 'version: 1');
    const wrong = await place.cli(['apply'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toMatch(/bad\.yaml:1:1 model: missing/);
    expect(wrong.err).not.toMatch(/does not answer/);
  }));

test('validate lists all problems by file, line and column', () =>
  withPlace({}, async (place) => {
    await prepare(place, ['good']);
    const text = monitorText('bad').replace('windows:', 'windoes:').replace('growth-ml', 'growth');
    await writeFile(monitorFile(place.folder, 'bad'), text);
    const { code, out } = await place.cli(['validate']);
    expect(code).toBe(2);
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const lines = unwrapped(out).trim().split('\n');
    expect(lines.at(-1)).toMatch(/^1 monitor valid, \d+ problems$/);
    expect(out).toMatch(/monitors\/bad\.yaml:3:1 windoes: .*Did you mean "windows"\?/);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/\.yaml:\d+:\d+ /);
    const document = (await place.json(['validate'])) as { problems: object[] };
    expect(document).toMatchObject({ version: 1, valid: 1, exitCode: 2 });
    expect(document.problems.length).toBe(lines.length - 1);
    await rm(monitorFile(place.folder, 'bad'));
    expect(await place.cli(['validate'])).toMatchObject({ code: 0, out: '1 monitor valid\n' });
  }));

test('a broken file of another model is a note for check, and an error for validate', () =>
  withPlace({}, async (place) => {
    await prepare(place, ['good', 'bad']);
    const text = monitorText('bad').replace('windows:', 'windoes:');
    await writeFile(monitorFile(place.folder, 'bad'), text);
    const check = (model: string) => place.cli(['check', model, '--as-of', '2026-03-02', '--json']);
    const { code, out, err } = await check('good');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ model: 'good', exitCode: 0 });
    expect(unwrapped(err)).toMatch(
      /^Note: another monitor file is not valid; "aftercare validate" .* first fault: monitors\/bad\.yaml:3:1 windoes: .*\n$/,
    );
    for (const model of ['bad', 'other']) {
      const refused = await check(model);
      expect(refused.code).toBe(2);
      const { version, error, exitCode } = JSON.parse(refused.out) as Record<string, unknown>;
      expect([version, exitCode, error]).toEqual([1, 2, expect.stringMatching(/not valid:\n/)]);
      expect(refused.err).toMatch(/not valid:\n.*bad\.yaml:3:1 windoes: /);
    }
    expect(await place.cli(['validate'])).toMatchObject({ code: 2 });
    expect((await place.cli(['plan'])).err).toMatch(/bad\.yaml:3:1 windoes: /);

    // Without a model all are checked that can be, and the worst outcome counts.
    const all = ['check', '--as-of', '2026-03-02', '--json'];
    const most = await place.cli(all);
    expect(most).toMatchObject({
      code: 2,
      err: expect.stringMatching(/bad\.yaml:3:1 windoes: /) as string,
    });
    const fault = expect.stringMatching(/bad\.yaml:3:1 windoes: /) as string;
    const checks = [{ model: 'good', exitCode: 0 }];
    expect(JSON.parse(most.out)).toMatchObject({
      version: 1,
      checks,
      faults: [fault],
      exitCode: 2,
    });
    const sql = monitorText('bad').replace(
      'path: rows.csv }',
      'path: rows.csv, where: "income >" }',
    );
    await writeFile(monitorFile(place.folder, 'bad'), sql);
    expect(JSON.parse((await place.cli(all)).out)).toMatchObject({
      checks,
      faults: [],
      exitCode: 2,
    });
    await writeFile(monitorFile(place.folder, 'bad'), monitorText('bad'));
    const two = await place.cli(all.slice(0, -1));
    expect(two).toMatchObject({ code: 0, err: '' });
    expect(two.out).toMatch(/^bad · [^]*\ngood · [^]*\n2 of 2 models checked\nexit 0 \(ok\)\n$/);

    // What every model rests on is no file of another one, and neither is a second claim to its id.
    await writeFile(monitorFile(place.folder, 'bad'), monitorText('good'));
    expect(unwrapped((await check('good')).err)).toMatch(/expected an id of its own, got "good"/);
    await rm(monitorFile(place.folder, 'bad'));
    expect(await check('good')).toMatchObject({ code: 0, err: '' });
    await writeFile(join(place.folder, 'monitors/teams.yaml'), 'teams: none\n');
    expect((await check('good')).err).toMatch(/teams\.yaml:1:\d+ /);
  }));

test('validate and plan look at the files: a column that none has, and SQL that is none', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const text = monitorText('churn')
      .replace('path: rows.csv }', `path: rows.csv, where: "income >" }`)
      .replace(
        'timestamp: scored_at',
        'timestamp: scored_at, id: [customr_id], features: { exclude: [agent] }',
      );
    await writeFile(monitorFile(place.folder, 'churn'), text);
    const { code, out } = await place.cli(['validate']);
    const there = 'There are: country, customer_id, income, score, scored_at';
    const file = 'monitors/churn.yaml';
    const rows = 'expected a column of rows.csv, got';
    expect({ code, lines: unwrapped(out).trim().split('\n') }).toEqual({
      code: 2,
      lines: [
        `${file}:4:47 predictions.from.where: expected an SQL expression over a row, ` +
          'got "income >": syntax error at or near ")"',
        `${file}:5:39 columns.id[0]: ${rows} "customr_id". Did you mean "customer_id"? ${there}`,
        `${file}:5:74 columns.features.exclude[0]: ${rows} "agent". ${there}`,
        '0 monitors valid, 3 problems',
      ],
    });
    await rm(join(place.folder, 'rows.csv'));
    const gone = await place.cli(['validate']);
    const none = 'rows.csv: no such file; expected one by the time a window is evaluated';
    expect(unwrapped(gone.out).split('\n')).toEqual([
      `${file}:4:30 warning: predictions.from.path: ${none}`,
      `${file}:4:47 predictions.from.where: expected an SQL expression over a row, ` +
        'got "income >": syntax error at or near ")"',
      `${file}:6:45 warning: reference.drift.path: ${none}`,
      '0 monitors valid, 1 problem, 2 warnings',
      '',
    ]);
  }));

test('validate looks at the first values: a score of texts, labels that nobody called positive', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const answers = 'customer_id,left\n1,yes\n2,no\n';
    await writeFile(join(place.folder, 'answers.csv'), answers);
    const asked = (positive: string) =>
      monitorText('churn')
        .replace('timestamp: scored_at', 'timestamp: scored_at, id: [customer_id]')
        .concat(
          'labels: [{ from: { path: answers.csv }, join: { on: { customer_id: customer_id } }, ',
          `value: left${positive}, mature_after: 1d }]\n`,
        );
    const said = async (text: string) => {
      await writeFile(monitorFile(place.folder, 'churn'), text);
      const { out } = await place.cli(['validate']);
      return unwrapped(out).replaceAll('monitors/churn.yaml', '').trim().split('\n');
    };
    expect(await said(asked(''))).toEqual([
      expect.stringMatching(/^:\d+:\d+ labels\[0\]\.value: /),
      '0 monitors valid, 1 problem',
    ]);
    expect((await said(asked('')))[0]).toContain(
      'expected labels of which some are positive (1, true), got "yes", "no". ' +
        'Say which are: positive: [yes]',
    );
    expect(await said(asked(', positive: [yes]'))).toEqual(['1 monitor valid']);
    const texts = monitorText('churn').replace(
      'timestamp: scored_at',
      'timestamp: scored_at, prediction: { score: country, kind: probability }',
    );
    expect((await said(texts))[0]).toMatch(
      /columns\.prediction\.score: expected a column of numbers, got "/,
    );
  }));

test('what SQL a monitor says is parsed, never run', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const stolen = join(place.folder, 'stolen.csv');
    const sql = `1 = 1); copy (select 1) to '${stolen}'; select (1`;
    const text = monitorText('churn').replace(
      'path: rows.csv }',
      `path: rows.csv, where: "${sql}" }`,
    );
    await writeFile(monitorFile(place.folder, 'churn'), text);
    const { code, out } = await place.cli(['validate']);
    expect(code).toBe(2);
    expect(unwrapped(out)).toContain(
      'predictions.from.where: expected an SQL expression over a row',
    );
    await expect(access(stolen)).rejects.toThrow('ENOENT');
  }));

test('documents of every command have a version and the exit code', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const commands = [
      ...[['validate'], ['plan', '--explain'], ['status'], ['doctor'], ['alerts', 'list']],
      ...[
        ['requests', 'list'],
        ['lake', 'verify'],
        ['lake', 'compact'],
        ['lake', 'gc'],
      ],
      ['init', 'eta', '--from', 'rows.csv', '--dry-run'],
    ];
    for (const args of commands) {
      const run = await place.cli([...args, '--json']);
      const document = JSON.parse(run.out) as unknown;
      expect(document, args.join(' ')).toMatchObject({ version: 1, exitCode: run.code });
    }
    const explained = await place.json(['plan', '--explain']);
    expect(explained).toMatchObject({ monitors: [{ model: { id: 'churn' } }] });
  }));

test('what Temporal alone knows is unknown to doctor when Temporal does not answer', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const { diagnoses } = (await place.json(['doctor'])) as { diagnoses: Diagnosis[] };
    expect(diagnoses.find(({ what }) => what === 'configuration')?.words).toBe(
      `1 monitor in ${place.folder}/monitors`,
    );
    for (const what of ['schedules', 'entities']) {
      const words = 'not asked: Temporal does not answer';
      const found = diagnoses.find((one) => one.what === what);
      expect(found).toEqual({ what, state: 'unknown', words });
    }
    expect(diagnoses.find(({ what }) => what === 'temporal')).toMatchObject({ state: 'fault' });
    const inColour = { ...place.env, NO_COLOR: '', FORCE_COLOR: '1' };
    const { out } = await startCli(['doctor'], { env: inColour, cwd: place.folder }).ended;
    expect(out).toContain('○ unknown entities\n');
    expect(out).toContain('■ fault temporal\n');
  }));

test('only commands that act take --as', async () => {
  const program = await buildProgram();
  const acting = allOf(program)
    .filter((command) => command !== program)
    .filter((command) => command.options.some(({ long }) => long === '--as'))
    .map((command) => command.name());
  expect(acting.sort()).toEqual(
    [
      ...['accept', 'ack', 'apply', 'approve', 'assign', 'cancel', 'comment', 'pause'],
      ...['register', 'reject'],
      ...['resolve', 'resume', 'retrain', 'run', 'snooze', 'status', 'unack', 'withdraw'],
    ].sort(),
  );
});

test('flags that every command takes may stand before its name', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const elsewhere = join(place.folder, 'elsewhere');
    await rename(join(place.folder, 'monitors'), elsewhere);
    const before = await place.cli(['--config-dir', elsewhere, '--json', 'validate']);
    const behind = await place.cli(['validate', '--config-dir', elsewhere, '--json']);
    expect(before).toEqual(behind);
    expect(JSON.parse(before.out)).toMatchObject({ valid: 1, exitCode: 0 });
  }));

test('a time that is none is wrong usage', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const accept = ['accept', 'churn@2026-03-02/psi/income', '--effect', 'fix'];
    for (const [args, words] of [
      [['alerts', 'snooze', 'churn/drift', '--for', '4x', '--as', 'ana'], /--for: .*4x/],
      [[...accept, '--until', 'soon', '--reason', 'x', '--as', 'ana'], /--until: .* as 2026-11-22/],
      [['check', 'churn', '--window', '4x'], /--window: .*4x/],
    ] as const) {
      const { code, out, err } = await place.cli(args);
      expect({ code, out }, args.join(' ')).toEqual({ code: 2, out: '' });
      expect(err).toMatch(words);
    }
  }));

test('status tells that the server is away, and goes on telling while it is watched', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const env = { ...place.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const watched = startCli(['status', '--watch', '--owner', 'me', '--as', 'ana'], {
      env,
      cwd: place.folder,
    });
    await until(() => watched.said.out.includes('No model of ana'), 'it is told');
    expect(flat(watched.said.out)).toContain('No Temporal server reached at 127.0.0.1:1');
    expect((await watched.stop()).code).toBe(0);
    // Also of one that takes calls and answers none.
    const calls = new Set<Socket>();
    const silent = createServer((socket) => calls.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const hung = await place.cli(['status'], { TEMPORAL_ADDRESS: address });
    expect(flat(hung.out)).toContain(`No Temporal server reached at ${address}`);
    for (const socket of calls) socket.destroy();
    silent.close();
    expect(await place.cli(['status', '--owner', 'me'])).toMatchObject({ code: 2, out: '' });
  }));

test('init drafts a monitor that is valid and can be checked at once', () =>
  withPlace({}, async (place) => {
    await prepare(place, []);
    await rm(join(place.folder, 'monitors/teams.yaml'));
    const init = await place.cli(['init', 'churn', '--from', 'rows.csv', '--yes']);
    expect(init.code).toBe(0);
    expect(init.out).toMatch(/timestamp\s+scored_at/);
    expect(init.out).toMatch(/id\s+customer_id/);
    expect(init.out).toMatch(/prediction\s+score/);
    expect(await place.cli(['validate'])).toMatchObject({ code: 0 });
    const checked = await place.cli(['check', 'churn', '--as-of', '2026-03-02']);
    expect(checked.code).toBe(0);
    expect(checked.out).toMatch(/psi\s+income/);
    expect(checked.out).toMatch(/exit 0 \(ok\)\n$/);
    const again = await place.cli(['init', 'churn', '--from', 'rows.csv']);
    expect(again).toMatchObject({ code: 2 });
    expect(again.err).toContain('is there already');
    const none = await place.cli(['init', 'other', '--from', 'nothing.csv']);
    expect(none).toMatchObject({ code: 2 });
    expect(none.err).toContain('--from nothing.csv: no such file');
  }));

test('nothing yet is said in words, and is no fault', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const status = await place.cli(['status']);
    expect(status).toMatchObject({ code: 0 });
    expect(flat(status.out)).toContain(`No model is yet watched in the lake ${place.folder}/lake`);
    expect(flat(status.out)).toMatch(/^No Temporal server is known .*aftercare up/);
    expect(await place.cli(['alerts', 'list'])).toMatchObject({ code: 0, out: 'No open alert.\n' });
    for (const listed of [['requests', 'list'], ['requests']]) {
      expect(await place.cli(listed)).toMatchObject({ code: 0, out: 'No open request.\n' });
    }
    expect(await place.cli(['alerts', '--all'])).toMatchObject({ out: 'No open alert.\n' });
    expect(await place.cli(['lake', 'verify'])).toMatchObject({ code: 0 });
    const empty = { version: 1, exitCode: 0 };
    const server = { address: null, reached: false, idle: null };
    expect(await place.json(['status'])).toEqual({ ...empty, server, models: [] });
    expect(await place.json(['alerts', 'list'])).toEqual({ ...empty, alerts: [], past: [] });
    expect(await place.json(['requests', 'list'])).toEqual({ ...empty, requests: [] });
    const unknown = await place.cli(['alerts', 'show', 'churn/drift']);
    expect(unknown).toMatchObject({ code: 2 });
    const none = 'There is none at all in the lake ./lake.';
    expect(unknown.err).toContain(`No alert "churn/drift". ${none}`);
    const request = await place.cli(['requests', 'show', 'churn#1']);
    expect(request.err).toContain(`No request "churn#1". ${none}`);
    const model = await place.cli(['check', 'chrn']);
    expect(model).toMatchObject({ code: 2 });
    expect(model.err).toContain('Known: churn.');
    const nobody = await place.cli(['approve', 'churn#1']);
    expect(nobody).toMatchObject({ code: 2 });
    expect(nobody.err).toContain('--as <person>');
  }));

test('a check can be exact, and writes nothing that a repeat would miss', () =>
  withPlace({}, async (place) => {
    await prepare(place);
    const report = (args: readonly string[]) =>
      place.json(['check', 'churn', '--as-of', '2026-03-02', ...args]);
    const first = await report([]);
    expect(await report([])).toEqual(first);
    expect(await report(['--exact'])).toMatchObject({ exitCode: 0, rows: 200 });
    expect(await place.lake.models()).toEqual([]);
    expect(await place.cli(['lake', 'verify'])).toMatchObject({ code: 0 });
  }));

/** What `doctor` finds in a place with monitors, and without mail and Slack. */
const WELL = {
  ...{ node: 'ok', lake: 'ok', configuration: 'ok', sources: 'ok', entities: 'ok' },
  ...{ schedules: 'ok', mail: 'warn', slack: 'warn' },
};
const NO_WORKER = 'no worker on wf, io, cpu, backfill: start "aftercare worker" or "aftercare up"';

test.skipIf(temporalMissing() !== null)(
  'apply makes it so once, keeps a pause, prunes what has no file, and plan says so before',
  () =>
    withLivePlace({}, async (place) => {
      await prepare(place, ['churn', 'fraud', 'eta']);
      const changes = async (...args: string[]) => {
        const { changes: all } = (await place.json(args)) as { changes: Change[] };
        return Object.fromEntries(all.map(({ model, action }) => [model, action]));
      };
      const head = (model: string) => place.lake.readHead<ModelHead>(`model/${model}`);
      const isPaused = async (model: string) =>
        (await place.client.schedule.getHandle(`evaluate/${model}`).describe()).state.paused;

      const doctor = async () => {
        const { diagnoses } = (await place.json(['doctor'])) as { diagnoses: Diagnosis[] };
        return {
          states: Object.fromEntries(diagnoses.map(({ what, state }) => [what, state])),
          temporal: diagnoses.find(({ what }) => what === 'temporal')?.words,
        };
      };

      const create = { churn: 'create', fraud: 'create', eta: 'create' };
      expect(await changes('plan')).toEqual(create);
      const first = await place.cli(['plan']);
      expect((await place.cli(['plan', '--explain'])).out).toContain('from.path: rows.csv');
      expect(flat(first.out)).toContain('who hears of all alerts: #ml by slack; after 30m');
      expect(first.out).not.toContain('@');
      expect(first.out.split('\n').filter((line) => Array.from(line).length > 80)).toEqual([]);
      expect(await place.lake.readHead('model/churn')).toBeNull();
      expect(await changes('plan', '-s', 'churn', '-s', 'eta')).toEqual({
        churn: 'create',
        eta: 'create',
      });
      expect(await changes('plan', '--select', 'owner:growth-ml')).toEqual(create);
      const nobody = await place.cli(['plan', '--select', 'owner:nobody']);
      expect(nobody).toMatchObject({ code: 2 });
      expect(nobody.err).toContain('--select owner:nobody names no monitor');
      expect(await changes('apply')).toEqual(create);
      const same = { churn: 'unchanged', fraud: 'unchanged', eta: 'unchanged' };
      expect(await changes('apply')).toEqual(same);
      expect(await changes('apply', '-s', 'churn')).toEqual({ churn: 'unchanged' });
      const ill = await place.cli(['doctor']);
      expect(ill.code).toBe(3);
      expect(flat(ill.out)).toMatch(
        /fault temporal no worker on wf, io, cpu, backfill: .* nothing/,
      );
      const told = await place.cli(['apply']);
      expect(told.out).toBe('0 created, 0 updated, 0 pruned, 3 unchanged, 0 left alone.\n');

      const pause = ['pause', 'churn', '--as', 'ana', '--reason', 'moving house'];
      expect(await place.cli(pause)).toMatchObject({ code: 0 });
      await writeFile(monitorFile(place.folder, 'churn'), monitorText('churn', '1w'));
      const plan = await place.cli(['plan']);
      expect(plan.out).toMatch(/churn: windows\.size: 1d → 1w/);
      expect(plan.out).toMatch(/churn: windows move: those up to/);
      expect(await changes('apply')).toEqual({ ...same, churn: 'update' });
      expect(await isPaused('churn')).toBe(true);
      expect((await head('churn'))?.paused).toMatchObject({ by: 'ana', reason: 'moving house' });
      expect((await place.cli(['status'])).out).toContain('churn: paused by ana: moving house.');
      const ended = await place.cli([...pause, '--until', '2999-01-01']);
      expect(flat(ended.out)).toBe(
        'churn is paused until 2999-01-01 00:00 UTC. It was paused by ana. ',
      );
      expect(flat((await place.cli(['run', 'churn'])).out)).toMatch(
        /^churn: the bell rang, once: it is paused by ana until 2999-01-01 00:00 UTC\. Look/,
      );
      expect((await place.cli(pause)).out).toBe(
        'churn is paused, until somebody resumes it. It was paused by ana until\n' +
          '2999-01-01 00:00 UTC.\n',
      );
      expect(await place.cli(['resume', 'churn'])).toMatchObject({ code: 2, out: '' });
      const resume = ['resume', 'churn', '--as', 'ana'];
      expect(await place.cli(resume)).toMatchObject({ code: 0, out: 'churn rings again.\n' });
      expect((await place.cli(resume)).out).toBe('churn was not paused; it rang.\n');
      const reason = ['--reason', 'a stranger tries'];
      for (const verb of ['pause', 'resume', 'retrain']) {
        const stranger = await place.cli([verb, 'churn', '--as', 'anna', ...reason]);
        expect(stranger).toMatchObject({ code: 2, out: '' });
        expect(stranger.err).toBe(
          'error: --as anna: nobody of that name is in teams.yaml. ' +
            'Did you mean "ana"? Known: ana, bo, chris.\n',
        );
      }
      expect(await isPaused('churn')).toBe(false);
      expect((await head('churn'))?.paused).toBeNull();

      await rm(monitorFile(place.folder, 'eta'));
      expect(await changes('apply')).toMatchObject({ eta: 'left alone' });
      const both = await place.cli(['apply', '--prune', '-s', 'churn']);
      expect(both).toMatchObject({ code: 2 });
      expect(await changes('apply', '--prune')).toMatchObject({ eta: 'prune', churn: 'unchanged' });
      expect((await head('eta'))?.retiredAt).not.toBeNull();
      const models = (await place.json(['status'])) as { models: { model: string }[] };
      expect(models.models.map(({ model }) => model)).toEqual(['churn', 'fraud']);

      const watched = await doctor();
      expect(watched.states).toEqual({ ...WELL, temporal: 'fault' });
      expect(watched.temporal).toBe(`${NO_WORKER}. Until then nothing is evaluated.`);
      expect((await place.cli(['doctor'])).code).toBe(3);

      await rm(monitorFile(place.folder, 'churn'));
      await rm(monitorFile(place.folder, 'fraud'));
      expect(await place.cli(['apply'])).toMatchObject({ code: 2 });
      expect(await changes('plan', '--prune')).toMatchObject({ churn: 'prune', fraud: 'prune' });
      const last = await place.cli(['apply', '--prune']);
      expect(last).toMatchObject({ code: 0 });
      expect(last.out).toContain('0 created, 0 updated, 2 pruned');
      expect((await head('fraud'))?.retiredAt).not.toBeNull();
      await prepare(place, ['churn', 'fraud']);

      const unwatched = await doctor();
      expect(unwatched.states).toEqual({ ...WELL, temporal: 'warn' });
      expect(unwatched.temporal).toBe(NO_WORKER);
      expect((await place.cli(['doctor'])).code).toBe(0);
      const idle = 'No worker on wf, io, cpu: nothing is evaluated until one runs';
      expect(flat((await place.cli(['status'])).out)).toContain(idle);
      // Half an answer is none: a pause that nobody tells would look as if the model rang.
      const elsewhere = await place.cli(['status'], { TEMPORAL_NAMESPACE: 'none-such' });
      expect(flat(elsewhere.out)).toContain('No Temporal server reached at 127.0.0.1');
      expect(await place.cli(['lake', 'verify'])).toMatchObject({ code: 0 });
    }),
);

test('the version is that of the package', async () => {
  const { code, out } = await startCli(['--version'], { env: {}, cwd: root }).ended;
  expect({ code, out }).toEqual({ code: 0, out: '0.1.0\n' });
});
