import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { describe, expect, inject, test } from 'vitest';
import { freePort, startDevServer } from '../../app/temporal-server.js';
import { look, startOf, submit, tell } from '../../workflows/messages.js';
import { sharedBundle } from '../support/built.js';
import { decideCounter, killRules as rules } from '../support/counter.js';
import type { Answer } from '../../domain/entity.js';
import type { CounterEffect, CounterEvent, CounterState } from '../support/counter.js';
import { KilledProcess } from '../support/killed-process.js';
import { until, withNamespace } from '../support/namespace.js';
import { historiesOf, replayAll } from '../support/replay.js';
import { temporalMissing } from '../support/temporal.js';

const missing = temporalMissing();
const title = `entities whose worker and server are killed${missing === null ? '' : `: ${missing}`}`;

const entities = Array.from({ length: 6 }, (_, index) => `alert/model-${index}/drift`);
const isAcknowledged = (id: string) => entities.indexOf(id) % 2 === 0;
/** They are asked something all the time: updates and outcomes of attempts meet. */
const talkative = entities.slice(0, 2);
const windows = 10;
/** Milliseconds between a worker that is ready and its kill. */
const kills = [700, 1_900, 1_100, 400, 1_500];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until it works: an event that comes twice is known by its id. */
async function insist<T>(what: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await what();
    } catch (error) {
      if (round > 120) throw error;
      await pause(250);
    }
  }
}

/** One window after another, an acknowledgement in the middle for every second entity. */
async function live(client: Client, id: string): Promise<WorkflowHandle> {
  const handle = client.workflow.getHandle(id);
  for (let end = 1; end <= windows; end++) {
    const event: CounterEvent = { id: `${end}/1`, type: 'window', windowEnd: end };
    await insist(() =>
      client.workflow.signalWithStart('counter', {
        taskQueue: 'wf',
        workflowId: id,
        args: [startOf(10)],
        signal: tell,
        signalArgs: [event],
      }),
    );
    if (end === 4 && isAcknowledged(id)) await insist(() => acknowledge(client, id));
    await pause(700);
  }
  return handle;
}

/** One note after another, as fast as they are answered; what each was answered. */
async function chat(client: Client, id: string, isOver: () => boolean) {
  const heard: { note: string; answer: Answer }[] = [];
  for (let n = 1; !isOver(); n++) {
    const note = `note-${n}`;
    const event = { id: note, type: 'note' };
    const answer = await insist(() =>
      client.connection.withDeadline(Date.now() + 5_000, () =>
        client.workflow.getHandle(id).executeUpdate(submit, { args: [event] }),
      ),
    );
    heard.push({ note, answer });
    await pause(200);
  }
  return { id, heard };
}

async function acknowledge(client: Client, id: string): Promise<void> {
  const event: CounterEvent = { id: 'ack', type: 'ack', notAfter: Date.now() + 60_000 };
  const deadline = Date.now() + 5_000;
  await client.connection.withDeadline(deadline, () =>
    client.workflow.getHandle(id).executeUpdate(submit, { args: [event] }),
  );
}

const isCalm = (state: CounterState | null): boolean =>
  state?.windows.length === windows &&
  (state.levelAt === null || state.level === rules.levels - 1) &&
  Object.values(state.deliveries).every(({ outcome }) => outcome === 'sent');

async function decidedOf(folder: string, id: string) {
  const place = join(folder, id.replaceAll('/', '_'));
  const files = await readdir(place);
  const decided = await Promise.all(
    files
      .filter((file) => /^\d+\.json$/.test(file))
      .map(async (file) => JSON.parse(await readFile(join(place, file), 'utf8')) as CounterEffect),
  );
  const head = JSON.parse(await readFile(join(place, 'head.json'), 'utf8')) as {
    state: CounterState;
  };
  return {
    conflicts: files.filter((file) => file.endsWith('.conflict')),
    head: head.state,
    decided: decided
      .filter((one) => one.kind === 'decided')
      .sort((one, other) => one.sequence - other.sequence),
  };
}

describe(title, { skip: missing !== null }, () => {
  test('every event is decided once and in order, nothing sent is sent again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aftercare-kill-'));
    const [port, dbFilename] = [await freePort(), join(folder, 'temporal.db')];
    const start = () =>
      startDevServer({ path: inject('temporalCli') ?? '', port, dbFilename, uiPort: null });
    const { codePath, ...bundle } = await sharedBundle('support/counter-workflows.ts');
    let server = await start();
    try {
      await withNamespace(server.address, async ({ address, namespace, client }) => {
        const argument = { address, namespace, codePath, folder };
        const worker = new KilledProcess('kill-worker', argument);
        const begun = worker.start();
        let isOver = false;
        const lives = Promise.all(entities.map((id) => live(client, id)));
        const chats = Promise.all(talkative.map((id) => chat(client, id, () => isOver)));
        await begun;
        for (const [index, ms] of kills.entries()) {
          await pause(ms);
          await worker.kill();
          if (index === 2) {
            process.kill(server.pid, 'SIGKILL');
            await server.exited;
            server = await start();
          }
          await worker.start();
        }
        const handles = await lives;
        for (const handle of handles) {
          await until(async () => isCalm((await handle.query(look)) as CounterState), 'calm');
        }
        isOver = true;
        const talks = await chats;
        for (const handle of handles) {
          await insist(() => handle.signal(tell, { id: 'end', type: 'close' } as CounterEvent));
          await insist(() => handle.result());
        }
        await worker.kill();
        await checkEntities(folder);
        for (const talk of talks) await checkAnswers(folder, talk);
        await checkAttempts(folder);
        const histories = await historiesOf(client);
        expect(histories.length).toBeGreaterThan(entities.length * 2); // they continued as new
        for (const { workflowId, error, replayed, recorded } of await replayAll(
          bundle,
          histories,
        )) {
          expect(error, workflowId).toBeUndefined();
          expect(replayed, workflowId).toEqual(recorded);
        }
      });
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 600_000);
});

/** The heads are what the reducer makes offline of the same events at the same instants. */
async function checkEntities(folder: string): Promise<void> {
  for (const id of entities) {
    const { conflicts, head, decided } = await decidedOf(folder, id);
    expect(conflicts, id).toEqual([]);
    expect(
      decided.map((one) => one.sequence),
      id,
    ).toEqual(decided.map((_, index) => index + 1));
    let state: CounterState | null = null;
    for (const { event, at } of decided) state = decideCounter(rules, state, { event, at }).state;
    expect(head, id).toEqual(state);
    expect(head.windows, id).toEqual(Array.from({ length: windows }, (_, index) => index + 1));
    if (isAcknowledged(id)) expect(head.answers['ack'], id).toMatchObject({ ok: true });
    else expect(head.level, id).toBe(rules.levels - 1);
  }
}

/** Everyone got the answer of their own event, or heard that it was decided before. */
async function checkAnswers(
  folder: string,
  { id, heard }: Awaited<ReturnType<typeof chat>>,
): Promise<void> {
  const { head } = await decidedOf(folder, id);
  expect(heard.length, id).toBeGreaterThan(0);
  for (const { note, answer } of heard) {
    if (answer.ok) expect(answer, `${id} ${note}`).toEqual(head.answers[note]);
    else expect(answer, `${id} ${note}`).toMatchObject({ code: 'duplicate' });
  }
}

/** No try runs twice, and a delivery is tried again only when it was refused or lost. */
async function checkAttempts(folder: string): Promise<void> {
  const lines = (await readFile(join(folder, 'attempts.log'), 'utf8')).trim().split('\n');
  const tries = lines.map((line) => line.split(' ') as [string, string, string, string]);
  const names = tries.map(([id, delivery, attempt]) => `${id} ${delivery} ${attempt}`);
  expect(new Set(names).size).toBe(names.length);
  const sent = new Map<string, number>();
  for (const [id, delivery, attempt, outcome] of tries) {
    const name = `${id} ${delivery}`;
    const killed = sent.get(name); // the worker was killed before it could say so: it is in doubt
    if (killed !== undefined) {
      const { decided } = await decidedOf(folder, id);
      const outcomeOf = decided.find(({ eventId }) => eventId === `${delivery}/${killed}`)?.event;
      expect(outcomeOf, name).toMatchObject({ outcome: 'lost' });
    }
    if (outcome === 'sent') sent.set(name, Number(attempt));
  }
  expect(new Set(tries.map(([, , , outcome]) => outcome))).toEqual(
    new Set(['sent', 'refused', 'lost']),
  );
}
