import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test } from 'vitest';
import { openApp } from '../../app/app.js';
import { checkModel } from '../../app/check.js';
import type { Diagnosis } from '../../app/doctor.js';
import { loadAll, loadModel } from '../../app/load.js';
import { installed } from '../../app/installed.js';
import { applyChanges, type Change } from '../../app/publish.js';
import { readSettings } from '../../config/settings.js';
import type { ModelHead } from '../../domain/model.js';
import type { Published } from '../../domain/published.js';
import { cleanEnv } from '../support/cli.js';
import { someTeams } from '../support/config.js';
import { withLivePlace, withPlace, type Place } from '../support/e2e.js';
import { until } from '../support/namespace.js';
import { temporalMissing } from '../support/temporal.js';
import { withWorkersHere } from '../support/workers-here.js';

const missing = temporalMissing() !== null;

const monitorText = (id: string): string => `version: 1
model: { id: ${id}, owners: team:growth-ml }
windows: { size: 1d }
predictions: { from: { path: rows.csv } }
columns: { timestamp: scored_at }
`;

/** Monitors of these models over a file with one row. */
async function prepare({ folder }: Place, models: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'monitors'), { recursive: true });
  await writeFile(join(folder, 'rows.csv'), 'scored_at,income\n2026-03-01T00:00:00Z,1000\n');
  await writeFile(join(folder, 'monitors/teams.yaml'), someTeams);
  for (const id of models) {
    await writeFile(join(folder, `monitors/${id}.yaml`), monitorText(id));
  }
}

test.skipIf(missing)('a Schedule that is made again is as paused as a person left it', () =>
  withLivePlace({}, async (place) => {
    await prepare(place, ['aux']);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const pause = ['pause', 'aux', '--as', 'ana', '--reason', 'the source moves'];
    expect(await place.cli(pause)).toMatchObject({ code: 0 });
    const handle = place.client.schedule.getHandle('evaluate/aux');
    await handle.delete();
    // A window is due by then: what is made again would ring at once.
    const later = { AFTERCARE_NOW: new Date(Date.now() + 3 * 86_400_000).toISOString() };
    await until(async () => (await place.cli(['plan'], later)).out.includes('1 to update'));
    expect(await place.cli(['apply'], later)).toMatchObject({ code: 0 });
    const { state, info } = await handle.describe();
    expect(state).toMatchObject({ paused: true, note: 'ana: the source moves' });
    expect([info.numActionsTaken, info.runningActions]).toEqual([0, []]);
    expect((await place.cli(['status'])).out).toContain('paused by ana');

    expect(await place.cli(['resume', 'aux', '--as', 'ana'])).toMatchObject({ code: 0 });
    expect((await handle.describe()).state.paused).toBe(false);
    const head = await place.lake.readHead<ModelHead>('model/aux');
    expect(head?.paused).toBeNull();
  }),
);

test.skipIf(missing)(
  'the first ring of a new Schedule and a run beside it are one pass at a time',
  () =>
    withLivePlace({}, async (place) => {
      await prepare(place, ['aux']);
      const since = new Date(Date.now() - 3 * 86_400_000).toISOString();
      expect(await place.cli(['apply', '--since', since])).toMatchObject({ code: 0 });
      const handle = place.client.schedule.getHandle('evaluate/aux');
      // Nobody works here: a pass that began stays under way.
      await until(async () => (await handle.describe()).info.runningActions.length === 1);
      expect(await place.cli(['run', 'aux'])).toMatchObject({ code: 0 });
      await until(async () => (await handle.describe()).raw.info?.bufferSize?.toNumber() === 1);
      const { info } = await handle.describe();
      expect([info.numActionsTaken, info.runningActions.length]).toEqual([1, 1]);
    }),
);

test.skipIf(missing)('the last editor is whoever applied a changed monitor, and nobody else', () =>
  withLivePlace({}, async (place) => {
    await prepare(place, ['aux']);
    const file = join(place.folder, 'monitors/aux.yaml');
    const write = (more: string) => writeFile(file, `${monitorText('aux')}retraining: {}\n${more}`);
    const editor = async () => {
      const head = await place.lake.readHead<ModelHead>('model/aux');
      const hash = head?.monitor ?? '';
      return (await place.lake.getObject<Published>('monitor', hash)).retraining?.editor;
    };
    const applied = async (env: Record<string, string>, words: string) => {
      const { code, out } = await place.cli(['apply'], env);
      expect({ code, out }).toMatchObject({
        code: 0,
        out: expect.stringContaining(words) as string,
      });
      return { out, editor: await editor() };
    };
    const by = (name: string) => ({ AFTERCARE_AS: name });

    await write('');
    expect(await applied(by('ana'), '1 created')).toMatchObject({ editor: 'ana' });
    expect(await applied(by('bo'), '1 unchanged')).toMatchObject({ editor: 'ana' });
    expect(await applied({}, '1 unchanged')).toMatchObject({ editor: 'ana' });

    const teams = join(place.folder, 'monitors/teams.yaml');
    await writeFile(teams, someTeams.replace('slack:#ml', 'slack:#ml-alerts'));
    expect(await applied(by('bo'), '1 updated')).toMatchObject({ editor: 'ana' });

    await write('schedule: { lag: 5m }\n');
    const changed = await applied(by('bo'), '1 updated');
    expect(changed).toMatchObject({ editor: 'bo' });
    expect(changed.out).not.toContain('editor');
    await write('schedule: { lag: 6m }\n');
    expect(await applied({}, '1 updated')).toMatchObject({ editor: null });

    // A name is looked for in the file that is applied, not in what was applied before.
    await write('');
    await writeFile(teams, someTeams.replaceAll('chris', 'dana'));
    const gone = await place.cli(['apply', '--as', 'chris']);
    expect(gone).toMatchObject({ code: 2, out: '' });
    expect(gone.err).toContain('--as chris: nobody of that name is in teams.yaml.');
    expect(await applied(by('dana'), '1 updated')).toMatchObject({ editor: 'dana' });
  }),
);

test.skipIf(missing)('whoever changed the monitor last cannot approve its retraining', () =>
  withLivePlace({ env: { AFTERCARE_NOW: '2026-03-02T01:00:00Z' } }, (place) =>
    withWorkersHere(place, async () => {
      await prepare(place, ['aux']);
      const people = someTeams
        .replace('members: [ana, bo]', 'members: [ana, chris, dana]')
        .replace('teams:', '  dana: { email: dana@example.com }\nteams:');
      await writeFile(join(place.folder, 'monitors/teams.yaml'), people);
      const file = join(place.folder, 'monitors/aux.yaml');
      const text = monitorText('aux').replace('rows.csv', join(place.folder, 'rows.csv'));
      const approvals = `retraining:
  approvals: { quorum: [{ role: approvers, count: 1 }] }
  trigger: { kind: command, command: ['true'] }
`;
      await writeFile(file, `${text}${approvals}`);
      const first = ['apply', '--as', 'dana', '--since', '2026-03-01'];
      expect(await place.cli(first)).toMatchObject({ code: 0 });
      await writeFile(file, `${text}${approvals}schedule: { lag: 30m }\n`);
      expect(await place.cli(['apply'], { AFTERCARE_AS: 'chris' })).toMatchObject({ code: 0 });
      expect(await place.cli(['apply', '--as', 'dana'])).toMatchObject({ code: 0 });

      const reason = ['--reason', 'rows came late'];
      const nameless = await place.cli(['run', 'aux', ...reason]);
      expect(nameless).toMatchObject({ code: 2, out: '' });
      expect(nameless.err).toContain('Who acts? Say it with --as <person>');
      const run = ['run', 'aux', '--as', 'ana'];
      expect(await place.cli([...run, '--reason', ' '])).toMatchObject({ code: 2, out: '' });
      expect(await place.cli([...run, ...reason, '--watch'])).toMatchObject({ code: 0 });
      expect(await place.cli(['run', 'aux'])).toMatchObject({ code: 0 });
      expect(await place.lake.auditOf('model/aux')).toMatchObject([
        {
          ...{ action: 'run', subject: 'evaluate/aux', reason: 'rows came late' },
          actor: { id: 'ana', via: 'cli', verified: false },
        },
      ]);
      const head = await place.lake.readHead<ModelHead>('model/aux');
      const app = openApp(readSettings(cleanEnv(place.env)), pino({ level: 'silent' }));
      const same = { asOf: null, span: null, exact: 'grid' } as const;
      const { evaluated } = await checkModel(app, { model: await loadModel(app, 'aux'), ...same });
      expect(evaluated.evaluation.monitor).toBe(head?.monitor);

      const why = ['--reason', 'a new season'];
      expect(await place.cli(['retrain', 'aux', '--as', 'ana', ...why])).toMatchObject({ code: 0 });
      const refused = await place.cli(['approve', 'aux', '--as', 'chris', ...why]);
      expect(refused.code).not.toBe(0);
      expect(`${refused.out}${refused.err}`.replaceAll(/\s+/g, ' ')).toContain(
        'chris edited the monitor last and cannot approve it; others who can: dana',
      );
      expect(await place.cli(['approve', 'aux', '--as', 'dana', ...why])).toMatchObject({
        code: 0,
      });
    }),
  ),
);

test.skipIf(missing)('a Schedule that is gone is named, with the command that makes it again', () =>
  withLivePlace({}, async (place) => {
    await prepare(place, ['aux', 'churn']);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const diagnosis = async () => {
      const { diagnoses } = (await place.json(['doctor'])) as { diagnoses: Diagnosis[] };
      return diagnoses.find(({ what }) => what === 'schedules');
    };
    const fine = { state: 'ok', words: 'every applied model has its Schedule' };
    expect(await diagnosis()).toMatchObject(fine);
    await place.client.schedule.getHandle('evaluate/aux').delete();
    await until(async () => (await diagnosis())?.state !== 'ok', 'doctor sees it');
    expect(await diagnosis()).toMatchObject({
      state: 'fault',
      words: 'no Schedule rings for aux: run "aftercare apply", which makes it again',
    });
    const who = ['--as', 'ana', '--reason', 'x'];
    for (const args of [
      ['run', 'aux'],
      ['resume', 'aux', '--as', 'ana'],
      ['pause', 'aux', ...who],
    ]) {
      expect(await place.cli(args), args.join(' ')).toEqual({
        code: 3,
        out: '',
        err:
          'error: Model "aux" is applied, but Temporal has no Schedule evaluate/aux. Run ' +
          '"aftercare apply": it makes it again, and a pause stays.\n',
      });
    }
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    expect(await place.cli(['run', 'aux'])).toMatchObject({ code: 0 });
    expect(await diagnosis()).toMatchObject(fine);
  }),
);

async function changesOf(place: Place, ...args: string[]): Promise<Record<string, string>> {
  const { changes } = (await place.json(args)) as { changes: Change[] };
  return Object.fromEntries(changes.map(({ model, action }) => [model, action]));
}

test.skipIf(missing)('a lake neither prunes nor takes over what another one is rung by', () =>
  withLivePlace({}, async (one) => {
    const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = one.env;
    const scheduled = async (): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { scheduleId } of one.client.schedule.list()) ids.push(scheduleId);
      return ids.sort();
    };
    await withPlace({ env: { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } }, async (other) => {
      await prepare(one, ['aux', 'churn']);
      expect(await one.cli(['apply'])).toMatchObject({ code: 0 });
      await until(async () => (await scheduled()).length === 2, 'both are listed');

      await prepare(other, ['fraud']);
      const prune = await other.cli(['apply', '--prune']);
      expect(prune).toMatchObject({ code: 0 });
      expect(prune.out).toMatch(
        /\n1 created, 0 updated, 0 pruned, .* 0 left alone\.\n2 Schedules of another lake .*not touched\./s,
      );
      await until(async () => (await scheduled()).length === 3, 'all three are listed');
      expect(await changesOf(other, 'plan', '--prune')).toEqual({
        ...{ fraud: 'unchanged', aux: 'of another lake', churn: 'of another lake' },
      });
      expect(await changesOf(one, 'apply', '--prune')).toEqual({
        ...{ aux: 'unchanged', churn: 'unchanged', fraud: 'of another lake' },
      });

      await prepare(other, ['aux']);
      for (const command of ['plan', 'apply']) {
        const { code, out, err } = await other.cli([command]);
        expect({ code, out }, command).toEqual({ code: 2, out: '' });
        expect(err).toContain('Another lake wrote the Schedule of aux in the Temporal namespace');
        expect(err).toContain('TEMPORAL_NAMESPACE');
      }
      // Nor when the plan could not know of it yet.
      const app = openApp(readSettings(cleanEnv(other.env)), pino({ level: 'silent' }));
      const { models } = await loadAll(app, 'no errors');
      const words = { differences: [], words: [], bell: '' };
      const changes: Change[] = [{ model: 'aux', action: 'create', ...words }];
      const there = await installed(app, one.client);
      await expect(
        applyChanges(app, one.client, { models, changes, there, since: null, by: null }),
      ).rejects.toThrow('Another lake wrote the Schedule of aux');
      expect(await other.lake.readHead('model/aux')).toBeNull();
      expect(await scheduled()).toEqual(['evaluate/aux', 'evaluate/churn', 'evaluate/fraud']);
    });
  }),
);

test.skipIf(missing)('a Schedule without a mark is of the lake that has applied its model', () =>
  withLivePlace({}, async (place) => {
    await prepare(place, ['aux', 'churn']);
    expect(await place.cli(['apply'])).toMatchObject({ code: 0 });
    const { schedule } = place.client;
    const { spec, action } = await schedule.getHandle('evaluate/aux').describe();
    await schedule.getHandle('evaluate/aux').delete();
    // As an older version made them.
    for (const scheduleId of ['evaluate/aux', 'evaluate/old']) {
      await schedule.create({ scheduleId, spec, action });
    }
    await until(async () => 'old' in (await changesOf(place, 'plan')), 'it is listed');
    const same = { aux: 'unchanged', churn: 'unchanged', old: 'of another lake' };
    expect(await changesOf(place, 'apply', '--prune')).toEqual(same);
    await rm(join(place.folder, 'monitors/aux.yaml'));
    // Nothing is left of it but its head: that is taken back, too.
    await rm(join(place.folder, 'monitors/churn.yaml'));
    await schedule.getHandle('evaluate/churn').delete();
    expect(await changesOf(place, 'apply', '--prune')).toEqual({
      ...{ aux: 'prune', churn: 'prune', old: 'of another lake' },
    });
    for (const model of ['aux', 'churn']) {
      const head = await place.lake.readHead<ModelHead>(`model/${model}`);
      expect(head?.retiredAt, model).not.toBeNull();
    }
    expect((await schedule.getHandle('evaluate/old').describe()).scheduleId).toBe('evaluate/old');
  }),
);

test.skipIf(missing)('a long plan says how many more there are', () =>
  withLivePlace({}, async (place) => {
    await prepare(
      place,
      Array.from({ length: 53 }, (_, i) => `m${i}`),
    );
    const { out } = await place.cli(['plan']);
    expect(out.match(/ create /g)).toHaveLength(50);
    expect(out).toMatch(/\n … and 3 more; --json tells all\.\n53 to create, /);
  }),
);
