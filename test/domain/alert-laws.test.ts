import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertNotice } from '../../domain/alert.js';
import { conditionsOf, emptyRing, placeWindow } from '../../domain/alerting/conditions.js';
import type { WindowMarks } from '../../domain/alerting/conditions.js';
import { decideAlert } from '../../domain/alerting/reducer.js';
import { replayAlert } from '../../domain/alerting/replay.js';
import type { AlertState } from '../../domain/alerting/state.js';
import type { Mark, Verdict } from '../../domain/finding.js';
import { drawn } from '../support/drawn.js';
import { alertRules, day, hour, mark, minute, start, virtualAlert } from '../support/alerts.js';
import type { Fate } from '../support/alerts.js';

const verdict = fc.constantFrom<Verdict>('ok', 'ok', 'warn', 'warn', 'alert', 'unknown');
const marksOf = (verdicts: readonly Verdict[]): Mark[] =>
  verdicts.map((one, n) => mark(`f${n}`, one, { running: n === 2 ? 2 : null }));
const marks = fc.tuple(verdict, verdict, verdict).map(marksOf);

const key = { model: 'card-fraud', category: 'drift' } as const;

/** Whether a warn-patience-2 member fires, straight from the words of the rule. */
function firesBySaying(verdicts: readonly Verdict[], keepFiringFor: number): boolean {
  let fires = false;
  const judged = verdicts.filter((one) => one !== 'unknown');
  judged.forEach((one, n) => {
    const lastThree = judged.slice(Math.max(0, n - 2), n + 1);
    const bad = lastThree.filter((other) => other !== 'ok').length;
    if (one === 'alert' || (one === 'warn' && bad >= 2)) fires = true;
    const calm = judged.slice(Math.max(0, n + 1 - keepFiringFor), n + 1);
    if (calm.length === keepFiringFor && calm.every((other) => other === 'ok')) fires = false;
  });
  return fires;
}

test('a member fires exactly when the rule, said in words, says so', () => {
  fc.assert(
    fc.property(
      fc.array(verdict, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      (verdicts, keep) => {
        let ring = emptyRing(-1);
        verdicts.forEach((one, n) => {
          const window = { windowEnd: n, revision: 1, marks: [mark('f0', one)] };
          ({ ring } = placeWindow(ring, window, keep));
        });
        const { condition } = conditionsOf(ring, keep).get('psi/f0/') ?? { condition: 'ok' };
        const fires = condition === 'firing' || condition === 'recovering';
        expect(fires).toBe(firesBySaying(verdicts, keep));
      },
    ),
    { numRuns: 300 },
  );
});

test('restatements in any order end where an in-order run over the final revisions ends', () => {
  const windows = fc.array(fc.array(marks, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 10,
  });
  fc.assert(
    fc.property(windows, fc.infiniteStream(fc.nat(1_000)), (history, dice) => {
      const all: WindowMarks[] = history.flatMap((revisions, n) =>
        revisions.map((some, r) => ({ windowEnd: n, revision: r + 1, marks: some })),
      );
      const shuffled = all
        .map((window) => ({ window, place: drawn(dice, 0) }))
        .sort((a, b) => a.place - b.place)
        .map(({ window }) => window);
      const run = (windows: readonly WindowMarks[]) => {
        let ring = emptyRing(-1);
        for (const window of windows) ({ ring } = placeWindow(ring, window, 2));
        const folds = [...conditionsOf(ring, 2)];
        return folds.map(([name, fold]) => [name, { ...fold, name: '' }]).sort();
      };
      const final = history.map((revisions, n) => ({
        windowEnd: n,
        revision: revisions.length,
        marks: revisions.at(-1) ?? [],
      }));
      expect(run(shuffled)).toEqual(run(final));
    }),
    { numRuns: 200 },
  );
});

test('what falls out of the ten windows is remembered: a long run ends as if all were kept', () => {
  fc.assert(
    fc.property(fc.array(marks, { minLength: 11, maxLength: 60 }), (all) => {
      const windows = all.map((some, n) => ({ windowEnd: n, revision: 1, marks: some }));
      let ring = emptyRing(-1);
      for (const window of windows) ({ ring } = placeWindow(ring, window, 2));
      expect(ring.entries.length).toBe(10);
      const conditions = [...conditionsOf(ring, 2)].map(([name, fold]) => [name, fold.condition]);
      const whole = marksOf(['ok', 'ok', 'ok']).map(({ target }, index) => {
        const verdicts = all.map((some) => some[index]?.verdict ?? 'unknown');
        return [`psi/${target}/`, verdicts] as const;
      });
      for (const [name, verdicts] of whole.slice(0, 2)) {
        const condition = new Map(conditions as [string, string][]).get(name) ?? 'ok';
        const fires = condition === 'firing' || condition === 'recovering';
        expect(fires).toBe(firesBySaying(verdicts, 2));
      }
    }),
  );
});

type Step =
  | { do: 'window'; marks: Mark[] }
  | { do: 'restate'; back: number; marks: Mark[] }
  | { do: 'ack' | 'unack' | 'resolve' | 'snooze' | 'promote' }
  | { do: 'pass'; time: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('window' as const), marks }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('restate' as const),
      back: fc.integer({ min: 0, max: 5 }),
      marks,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('ack' as const, 'unack', 'resolve', 'snooze', 'promote'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      time: fc.constantFrom(50, 5_000, minute, 20 * minute, 3 * hour, 2 * day),
    }),
  },
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>({ outcome: 'sent' }) },
  fc.constantFrom<Fate>(
    'lost',
    { outcome: 'failed', takes: 10 },
    { outcome: 'failed', retryAfter: 40_000 },
    { outcome: 'refused' },
    { outcome: 'doubtful', takes: 9_000 },
  ),
);

function play(steps: readonly Step[], fates: Iterator<Fate>) {
  const it = virtualAlert({ channels: () => drawn(fates, { outcome: 'sent' }) });
  let promotions = 0;
  for (const one of steps) {
    if (one.do === 'window') it.window(...one.marks);
    else if (one.do === 'restate') {
      const back = it.state()?.ring.entries.at(-1 - one.back);
      if (back !== undefined) it.restate(back.windowEnd, back.revision + 1, ...one.marks);
    } else if (one.do === 'pass') it.pass(one.time);
    else if (one.do === 'snooze') it.snooze(it.now() + 2 * hour);
    else if (one.do === 'promote') it.promoted(`v${++promotions}`);
    else it.act({ type: one.do });
    it.pass(minute);
  }
  return it;
}

test('whatever happens: nothing known as sent is sent again, and whoever heard hears the end', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.infiniteStream(fate),
      (steps, fates) => {
        const it = play(steps, fates);
        for (let n = 0; n < 3; n++) {
          it.window(...marksOf(['ok', 'ok', 'ok']));
          it.pass(minute);
        }
        it.pass(3 * day); // every retry is over
        expect(it.ended()).toBe(true);

        const sent = new Set<string>();
        const believes = new Map<string, string>();
        const over = ['resolved', 'withdrawn', 'closed'];
        const notices = new Map(
          it.attempts.map(({ effect }) => {
            const notice = effect as AlertNotice;
            return [`${notice.deliveryId}/${notice.attempt}`, notice];
          }),
        );
        for (const { effect } of it.writes) {
          if (effect.kind !== 'delivery') continue;
          const { deliveryId, attempt, state } = effect.record;
          if (state === 'sending') expect(sent.has(deliveryId)).toBe(false);
          const notice = notices.get(`${deliveryId}/${attempt}`);
          if (notice === undefined) continue;
          const who = notice.target.address;
          const isOver = over.includes(notice.reason);
          if (state === 'sent' && notice.form === 'new' && !isOver) believes.set(who, 'firing');
          // An end that the channel refused or lost for an hour was tried: more cannot be done.
          if (isOver && state === 'sending') believes.set(who, 'over');
          if (state === 'sent') sent.add(deliveryId);
        }
        expect([...believes.values()].filter((word) => word === 'firing')).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('whatever happens: what a push named that went out is never told as new in that episode', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.infiniteStream(fate),
      (steps, fates) => {
        const it = play(steps, fates);
        const notices = new Map(
          it.attempts.map(({ effect }) => {
            const notice = effect as AlertNotice;
            return [`${notice.deliveryId}/${notice.attempt}`, notice];
          }),
        );
        const pushes = ['firing', 'member', 'worse', 'reopened', 'repeat', 'escalated', 'woken'];
        const named = new Set<string>();
        for (const { effect } of it.writes) {
          if (effect.kind !== 'delivery') continue;
          const notice = notices.get(`${effect.record.deliveryId}/${effect.record.attempt}`);
          if (notice === undefined || notice.form !== 'new') continue;
          if (!pushes.includes(notice.reason)) continue;
          const { episode, members, fresh = [] } = notice.alert;
          const keys = members.filter(({ verdict: word }) => word !== 'ok').map(({ key }) => key);
          // a first try says what a second try of the same notice says
          const isFirst = effect.record.attempt === 1 && effect.record.state === 'sending';
          const others = isFirst ? fresh.filter((one) => named.has(`${episode}/${one}`)) : [];
          // the same event goes to several receivers, and a dead channel is stood in for
          if (notice.insteadOf === null && notice.target.channel === 'slack') {
            expect(others).toEqual([]);
          }
          if (effect.record.state !== 'sent') continue;
          for (const one of keys) named.add(`${episode}/${one}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('the same history gives the same decisions, bytes and all', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 15 }),
      fc.array(fate, { minLength: 200, maxLength: 200 }),
      (steps, fates) => {
        const one = play(steps, fates.values());
        const other = play(steps, fates.values());
        expect(JSON.stringify(other.decisions)).toBe(JSON.stringify(one.decisions));
      },
    ),
    { numRuns: 30 },
  );
});

test('a decision leaves the state that it was given untouched', () => {
  const it = virtualAlert();
  it.window(mark('amount', 'alert'));
  const state = it.state();
  const before = JSON.stringify(state);
  const rules = alertRules();
  decideAlert({
    ...{ rules, key, state, head: null },
    timezone: 'UTC',
    event: null,
    at: start + 10 * hour,
  });
  expect(JSON.stringify(state)).toBe(before);
});

test('an offline replay has the episodes of a live run over the same windows', () => {
  fc.assert(
    fc.property(fc.array(marks, { minLength: 1, maxLength: 40 }), (all) => {
      const it = virtualAlert();
      const windows = all.map((some, n) => ({
        windowEnd: start + n * hour,
        revision: 1,
        marks: some,
      }));
      let live: AlertState | null = null;
      for (const { marks: some } of windows) {
        it.window(...some);
        live = it.state();
        it.pass(hour);
      }
      const offline = replayAlert({ rules: it.rules, key, windows });
      expect(offline.episodes.length).toBe(live?.episodes ?? 0);
      const newest = offline.episodes.at(-1);
      expect(newest?.severity).toBe(live?.episode?.severity);
      expect(newest?.reopened).toBe(live?.episode?.reopened);
      expect(newest?.to ?? null).toBe(live?.episode?.ended?.at ?? null);
    }),
    { numRuns: 60 },
  );
});

test('a replay marks its episodes historic, with their span, members and severity', () => {
  const verdicts: Verdict[] = ['ok', 'warn', 'warn', 'alert', 'ok', 'ok', 'ok'];
  const windows = verdicts.map((one, n) => ({
    windowEnd: start + n * day,
    revision: 1,
    marks: [mark('airline', one), mark('origin', 'ok')],
  }));
  const restated = { windowEnd: start + 6 * day, revision: 2, marks: [mark('airline', 'ok')] };
  const rules = { ...alertRules(), windowSize: day };
  expect(replayAlert({ rules, key, windows: [restated, ...windows] }).episodes).toEqual([
    {
      number: 1,
      from: start + day,
      to: start + 5 * day,
      members: ['psi/airline/'],
      severity: 'critical',
      reopened: 0,
      historic: true,
    },
  ]);
});
