import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { decide, write } from '../../activities/entities.js';
import { blockedEntities } from '../../app/blocked.js';
import type { Write } from '../../domain/audit.js';
import type { Published } from '../../domain/published.js';
import type { RetrainEvent } from '../../domain/request.js';
import type { RetrainState } from '../../domain/requests/state.js';
import type { Lake } from '../../lake/lake.js';
import { withLake } from '../support/lake.js';
import * as w from '../domain/retrain-world.js';

const id = 'retrain/eta';
const unknown = 'ab'.repeat(32);

const depsOf = (lake: Lake): Deps =>
  ({ lake, host: 'h1', clock: () => w.start, log: () => undefined }) as unknown as Deps;

const published = (lake: Lake, retraining: Published['retraining']): Promise<string> =>
  lake.putObject('monitor', { retraining, alerts: {} });

const opened = (rules: string): RetrainEvent => ({ ...w.openBy(w.world(), 'ana'), rules }) as never;
const asked = (event: unknown, state: unknown = null) => ({
  workflowId: id,
  state,
  event,
  at: w.start,
});

test('without a retraining section a request by hand is refused with what to do', () =>
  withLake(async (lake) => {
    const rules = await published(lake, null);
    const { answer, writes } = await decide(depsOf(lake), asked(opened(rules)));
    expect(answer).toEqual({
      ok: false,
      code: 'refused',
      reason:
        'the monitor of eta has no retraining section that can be read, so nothing says who ' +
        'approves and what trains; add one and run "aftercare apply"',
    });
    expect(writes.length).toBeGreaterThan(0); // the refusal is audited
  }));

test('an advice to retrain without a retraining section opens nothing', () =>
  withLake(async (lake) => {
    const rules = await published(lake, null);
    const { answer, state } = await decide(depsOf(lake), asked(w.advise({}, rules)));
    expect(answer).toMatchObject({
      ok: true,
      note: expect.stringContaining('no request') as string,
    });
    expect((state as RetrainState).requests).toEqual([]);
  }));

test('whatever rules a person names: the entity answers and is not blocked', () =>
  withLake(async (lake) => {
    for (const rules of [unknown, 'no fingerprint', '']) {
      const { answer } = await decide(depsOf(lake), asked(opened(rules)));
      expect(answer).toMatchObject({ ok: false, code: 'refused' });
    }
    const odd = { ...opened(unknown), type: 'dance' };
    const { answer } = await decide(depsOf(lake), asked(odd));
    expect(answer).toMatchObject({ ok: false, reason: 'unknown event "dance"' });
    expect(await blockedEntities({ lake })).toEqual([]);
  }));

test('what comes after the end of an alert begins no life that cannot decide', () =>
  withLake(async (lake) => {
    const event = { type: 'promoted', id: 'promoted/v2', version: 'v2' };
    const late = { ...asked(event), workflowId: 'alert/eta/drift' };
    expect(await decide(depsOf(lake), late)).toEqual({
      state: null,
      answer: { ok: false, code: 'gone', reason: 'nothing is open at alert/eta/drift' },
      wakeAt: null,
      done: true,
      eventId: 'promoted/v2',
      writes: [],
      attempts: [],
    });
  }));

test('an entity tells instants on the wall clock of its model, as it was applied last', () =>
  withLake(async (lake) => {
    const monitor = { windows: { timezone: 'Asia/Tokyo' } };
    const rules = await lake.putObject('monitor', { monitor, retraining: w.rules(), alerts: {} });
    await lake.updateHead('model/eta', () => ({ model: 'eta', monitor: rules }));
    const first = await decide(depsOf(lake), asked(w.advise({}, rules)));
    const again = await decide(depsOf(lake), asked(opened(rules), first.state));
    expect(again.answer).toMatchObject({
      reason: 'eta#1 is open already, by policy:advice at 2026-11-02 18:00 Asia/Tokyo',
    });
  }));

test('an entity that cannot decide is known as blocked until it writes its next head', () =>
  withLake(async (lake) => {
    const deps = depsOf(lake);
    const missing = asked(w.advise({}, unknown));
    await expect(decide(deps, missing)).rejects.toThrow('The lake holds no monitor');
    await expect(decide(deps, { ...missing, at: w.start + w.hour })).rejects.toThrow();
    expect(await blockedEntities({ lake })).toEqual([
      {
        entity: id,
        model: 'eta',
        since: w.start, // of the first failure
        reason: expect.stringContaining(`The lake holds no monitor ${unknown}`) as string,
      },
    ]);
    // Repaired: the object is there under the fingerprint that it asks for.
    const rules = await published(lake, w.rules());
    const decision = await decide(deps, asked(w.advise({}, rules)));
    await write(deps, decision.writes as Write[]);
    expect(await blockedEntities({ lake })).toEqual([]);
  }));
