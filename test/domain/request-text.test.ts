import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestNotice } from '../../domain/requests/request-text.js';
import type { Advice } from '../../domain/advice.js';
import type { Finding } from '../../domain/finding.js';
import * as w from './retrain-world.js';

const lost: Advice = {
  action: 'retrain',
  reasons: [{ text: 'The model has lost 25.0 % of its skill by rmse.', findings: [] }],
  blockers: [],
  window: w.start,
};

const effectWords = '[eta] Retrain? An answer is needed (eta#1):';

function opened(): w.Of<'notice'> {
  const world = w.world();
  w.decide(world, w.advise());
  const [effect] = w.effects(world, 'notice');
  if (effect === undefined) throw new Error('nobody was told');
  return effect;
}

test('a request says why, who decides by when, on which evidence, and how to answer', () => {
  const effect = opened();
  const given = { effect, advice: lost, rules: w.rules(), timezone: 'UTC', at: w.start };
  const { subject, text, severity, thread, deliveryId } = requestNotice(given);
  expect(subject).toBe(
    '[eta] Retrain? An answer is needed (eta#1): The model has lost 25.0 % of its skill by rmse',
  );
  expect({ severity, thread }).toEqual({ severity: 'warning', thread: 'retrain.eta.1' });
  expect(deliveryId).toBe(effect.deliveryId);
  expect(text.split('\n')).toEqual([
    'eta#1: Retrain? An answer is needed.',
    '',
    'Opened 2026-11-02 09:00 UTC by policy:advice: advice retrain: rmse(rmse)',
    'Why:',
    '- The model has lost 25.0 % of its skill by rmse.',
    'Who decides: 1 of approvers (ana, bo) by 2026-11-09 09:00 UTC.',
    'Evidence: e1e1e1e1e1e1, frozen. Without an answer nothing is trained.',
    '',
    'aftercare requests show eta#1',
    'aftercare approve eta#1 --as <you> --evidence e1e1e1e1e1e1 --reason "…"',
    'aftercare reject eta#1 --as <you> --evidence e1e1e1e1e1e1 --reason "…"',
  ]);
});

test('a request says what to train on, after its reasons', () => {
  const sentence = 'Train on: rows before 2026-11-01, where mature labels end.';
  const range = { from: null, until: w.start, exclude: [], weights: null };
  const trainOn = { ...range, rows: null, positives: null, sentence };
  const advice = { ...lost, trainOn };
  const given = { effect: opened(), advice, rules: w.rules(), timezone: 'UTC', at: w.start };
  const lines = requestNotice(given).text.split('\n');
  expect(lines[lines.indexOf(sentence) - 1]).toBe(`- ${lost.reasons[0]?.text}`);
});

test('the subject is cut between words: no half of an instant or a number', () => {
  const effect = opened();
  const words = (n: number) => 'a'.repeat(n);
  for (let n = 1; n < 60; n++) {
    const text = `Lost ${words(n)} in the window to 2026-11-22T00:00:00Z, at least 21.5 % with it`;
    const advice = { ...lost, reasons: [{ text, findings: [] }] };
    const given = { effect, advice, rules: w.rules(), timezone: 'UTC', at: w.start };
    const { subject } = requestNotice(given);
    expect(subject.length).toBeLessThanOrEqual(130);
    const whole = `${effectWords} ${text}`;
    const kept = subject.replace(/…$/, '');
    expect(whole.startsWith(kept)).toBe(true);
    expect(whole.slice(kept.length)).toMatch(/^$|^[\s:,(]/);
  }
});

test('what an advice rests on is told with its numbers, before and after', () => {
  const ref = { check: 'mae', target: 'mae', segment: null };
  const advice = { ...lost, reasons: [{ text: 'It has fallen.', findings: [ref] }] };
  const mae: Finding = {
    ...{ check: 'mae', target: 'mae', slice: {}, value: 15.3, details: { reference: 12.1 } },
    ...{ low: 15, high: 16, interval: 'confidence', pValue: 0, reason: null, hard: null },
    ...{ run: 'r', revision: 1, nCurrent: 900, nReference: 900, source: null, inputs: 'i' },
    window: { start: w.start - w.day, end: w.start, weekday: 1 },
    limits: { warn: null, alert: null, minRows: 100, rule: 'calibrated' },
    ...{ category: 'performance', verdict: 'alert', rule: '', patience: 1, running: null },
    sentence: 'mae is 15.3.',
  };
  const text = (findings: readonly Finding[]) =>
    requestNotice({
      effect: opened(),
      advice,
      findings,
      rules: w.rules(),
      timezone: 'UTC',
      at: w.start,
    }).text;
  expect(text([mae])).toContain('by policy:advice: advice retrain: MAE 12.1 → 15.3\n');
  expect(text([])).toContain('by policy:advice: advice retrain: rmse(rmse)\n');
});

test('a notice that may have arrived before says so', () => {
  const effect = opened();
  const textOf = (doubtful: boolean) =>
    requestNotice({
      effect: { ...effect, doubtful },
      advice: lost,
      rules: w.rules(),
      timezone: 'UTC',
      at: w.start,
    }).text;
  expect(textOf(true)).toContain(
    '(You may have this already: the answer to the last try was lost.)',
  );
  expect(textOf(false)).not.toContain('You may have this already');
});

test('who may not decide is not named among those who do', () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana'));
  const [effect] = w.effects(world, 'notice');
  if (effect === undefined) throw new Error('nobody was told');
  const { text } = requestNotice({
    effect,
    advice: null,
    rules: w.rules(),
    timezone: 'UTC',
    at: w.start,
  });
  expect(text).toContain('Who decides: 1 of approvers (bo) by');
});

test('the end of a request says what came of it', () => {
  const world = w.world();
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  w.run(world, w.start + w.day);
  const effect = w.effects(world, 'notice').find(({ reason }) => reason === 'promoted');
  if (effect === undefined) throw new Error('nobody was told');
  const notice = requestNotice({
    effect,
    advice: lost,
    rules: w.rules(),
    timezone: 'UTC',
    at: w.start,
  });
  expect(notice.subject).toBe('[eta] the challenger is promoted (eta#1): v2 is promoted');
  expect(notice.severity).toBe('resolved');
  expect(notice.text).toMatch(
    /Gate passed: RMSE 10 of the champion, 9 of the challenger; mean gain in squared error per row \+0\.5 /,
  );
});

test('a challenger that did not pass the gate: each figure is told once', () => {
  const trained = (effect: w.Of<'poll'>) => {
    const { id, request } = effect;
    return { type: 'trained' as const, id, request, result: w.equal, via: 'poll' };
  };
  const world = w.world({
    respond: (effect) => (effect.kind === 'poll' ? trained(effect) : w.obliging(effect)),
  });
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  w.run(world, w.start + w.day);
  const effect = w.effects(world, 'notice').find(({ reason }) => reason === 'gate_failed');
  if (effect === undefined) throw new Error('nobody was told');
  const given = { effect, advice: lost, rules: w.rules(), timezone: 'UTC', at: w.start };
  const { text } = requestNotice(given);
  expect(text.split('\n').slice(0, 2)).toEqual([
    'eta#1: the challenger did not pass the gate.',
    // mean 10 / 1000; the standard error of 1000 squares of about 1 is 0.0316.
    'not passed: RMSE 10 of the champion, 9 of the challenger; mean gain in squared error per ' +
      'row +0.01 (unit of the label, squared), 95 % interval [-0.05201, +0.07201], over 1000 ' +
      'pairs (positive = the challenger is better); the lower end must be at least 0',
  ]);
  expect(text.match(/of the champion/g)).toHaveLength(1);
});

test('hostile and endless words stay within the limits, without control characters', () => {
  const effect = opened();
  const word = fc.string({ unit: 'binary', maxLength: 40 }).map((part) => part.repeat(100));
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 9 }), (name, sentences) => {
      const { request } = effect;
      const mark = { ...request.advice, drivers: [name, '<!channel>\r\nBcc: x@y'] };
      const hostile = { ...effect, request: { ...request, reason: name, advice: mark } };
      const reasons = sentences.map((text) => ({ text, findings: [] }));
      const advice = { ...lost, reasons };
      const notice = requestNotice({
        effect: hostile,
        advice,
        rules: w.rules(),
        timezone: 'UTC',
        at: w.start,
      });
      expect(notice.subject.length).toBeLessThanOrEqual(130);
      expect(notice.text.length).toBeLessThanOrEqual(2_800);
      expect(notice.subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(notice.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(notice.text).toContain('aftercare approve eta#1 --as <you>');
    }),
    { numRuns: 60 },
  );
});

test('an expired request says so once in its subject, and how to ask anew', () => {
  const world = w.world();
  w.decide(world, w.advise());
  w.run(world, w.start + 8 * w.day);
  const effect = w.effects(world, 'notice').find(({ reason }) => reason === 'expired');
  if (effect === undefined) throw new Error('nobody was told');
  const given = { effect, advice: lost, rules: w.rules(), timezone: 'UTC', at: w.start };
  const { subject, text } = requestNotice(given);
  expect(subject).toBe('[eta] expired; nothing is trained (eta#1): nobody decided in time');
  // Opened 2026-11-02 09:00, open for seven days, then quiet for one.
  expect(text.split('\n').slice(-5)).toEqual([
    'The same advice asks again after 2026-11-10 09:00 UTC at the earliest.',
    'What to do: to have it asked anew before that, give the last command.',
    '',
    'aftercare requests show eta#1',
    'aftercare retrain eta --as <you> --reason "…"',
  ]);
});

test('an expired request of a person promises no advice that asks again', () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana'));
  w.run(world, w.start + 8 * w.day);
  const effect = w.effects(world, 'notice').find(({ reason }) => reason === 'expired');
  if (effect === undefined) throw new Error('nobody was told');
  const given = { effect, advice: lost, rules: w.rules(), timezone: 'UTC', at: w.start };
  const { text } = requestNotice(given);
  expect(text).not.toContain('asks again');
  expect(text).toContain('What to do: to have it asked anew, give the last command.');
});
