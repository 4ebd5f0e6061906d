import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AdviceInput } from '../../domain/advising/input.js';
import { advise, adviceMark } from '../../domain/advising/rules.js';
import { expectedOf } from '../../domain/events.js';
import { SHOWN, type Finding } from '../../domain/finding.js';
import { day, rules, start } from './retrain-world.js';

const limits = { warn: null, alert: null, minRows: 100, rule: 'calibrated' } as const;

function finding(check: string, target: string, change: Partial<Finding> = {}): Finding {
  const end = change.window?.end ?? start;
  return {
    check,
    target,
    slice: {},
    value: 0,
    low: null,
    high: null,
    interval: null,
    pValue: null,
    nCurrent: 5_000,
    nReference: 20_000,
    reason: null,
    hard: null,
    details: {},
    run: 'eta@1/1',
    window: { start: end - day, end, weekday: 1 },
    revision: 1,
    category: 'drift',
    verdict: 'ok',
    rule: '',
    patience: 2,
    running: null,
    limits,
    sentence: `${check} of ${target}.`,
    source: null,
    inputs: 'i',
    ...change,
  };
}

const windowTo = (end: number) => ({ start: end - day, end, weekday: 1 });
/** rmse against a reference of 10 and a mean's 20: each 1 is a tenth of the skill. */
function rmse(value: number, end: number, change: Partial<Finding> = {}): Finding {
  return finding('rmse', 'rmse', {
    category: 'performance',
    value,
    low: value - 0.3,
    high: value + 0.3,
    interval: 'confidence',
    details: { reference: 10, trivial: 20 },
    window: windowTo(end),
    ...change,
  });
}
const broken = (target: string) =>
  finding('schema', target, {
    category: 'data-quality',
    verdict: 'alert',
    hard: 'type changed',
    sentence: `${target} changed its type.`,
  });
const psi = (target: string, verdict: Finding['verdict'] = 'warn') =>
  finding('psi', target, { verdict });

function input(change: Partial<AdviceInput> = {}): AdviceInput {
  return {
    model: 'eta',
    at: start + day,
    window: start,
    findings: [psi('a', 'ok')],
    mature: [],
    policy: rules().policy,
    retrain: null,
    importances: {},
    ...change,
  };
}
/** All before the newest mature window's end. */
function trainOn(rows: number | null) {
  const known = rows === null ? '' : `; at least ${rows} labelled rows are there`;
  return {
    ...{ from: null, until: start - day, exclude: [], weights: null, rows, positives: null },
    sentence: `Train on: rows before 2026-11-01 09:00 UTC, where mature labels end${known}.`,
  };
}
const fallen = [[rmse(12.5, start - day)], [rmse(12, start - 2 * day)]];

test('a skill loss of 25 % and 20 % in two mature windows: retrain, with the numbers', () => {
  expect(advise(input({ mature: fallen }))).toEqual({
    action: 'retrain',
    reasons: [
      {
        text:
          'The model has lost 25.0 % of its skill by rmse in the window to 2026-11-01 09:00 UTC, ' +
          'at least 22.0 % with 95 % confidence: rmse of rmse.',
        findings: [{ check: 'rmse', target: 'rmse', segment: null }],
      },
    ],
    blockers: [],
    window: start,
    trainOn: trainOn(10_000),
  });
});

test('for a score the same: AUC 0.8 to 0.74 is a fifth of what is above 0.5', () => {
  const auc = (end: number) =>
    finding('roc_auc', 'roc_auc', {
      category: 'performance',
      value: 0.74,
      low: 0.72,
      high: 0.76,
      interval: 'confidence',
      details: { reference: 0.8, positives: 2_500 },
      window: windowTo(end),
    });
  const policy = { ...rules().policy, metric: 'roc_auc' };
  const given = input({ policy, mature: [[auc(start - day)], [auc(start - 2 * day)]] });
  expect(advise(given).action).toBe('retrain');
  expect(advise(given).reasons[0]?.text).toContain('lost 20.0 % of its skill');
  const few = input({ ...given, range: { rows: 90_000, positives: 199 } });
  expect(advise(few)).toMatchObject({
    action: 'consider',
    blockers: ['199 positives to train on, at least 200 are needed'],
  });
});

test.each([
  ['only the newest window fell', [[rmse(12.5, start - day)], [rmse(10.5, start - 2 * day)]]],
  ['only the older one fell', [[rmse(10.5, start - day)], [rmse(12.5, start - 2 * day)]]],
  ['9 % twice', [[rmse(10.9, start - day)], [rmse(10.9, start - 2 * day)]]],
  ['the interval reaches 0', [[rmse(12, start - day, { low: 9.9 })], [rmse(12, start - 2 * day)]]],
  ['it became better', [[rmse(8, start - day)], [rmse(8, start - 2 * day)]]],
])('%s: none', (_, mature) => {
  expect(advise(input({ mature })).action).toBe('none');
});

test('an uncertain reference widens the interval of the loss', () => {
  // Loss 0.2 with ± 0.03 of its own; a reference error of 1.5 adds 1.96 · 1.5 · 0.8 / 10 = 0.235.
  const details = { reference: 10, trivial: 20, referenceStandardError: 1.5 };
  const of = (more: object) =>
    [start - day, start - 2 * day].map((end) => [
      rmse(12, end, { details: { ...details, ...more } }),
    ]);
  expect(advise(input({ mature: of({}) })).action).toBe('none');
  // 0.5 adds 0.078: 0.2 − hypot(0.03, 0.0784) = 0.116
  const sure = advise(input({ mature: of({ referenceStandardError: 0.5 }) }));
  expect(sure.action).toBe('retrain');
  expect(sure.reasons[0]?.text).toContain('at least 11.6 % with 95 % confidence');
});

test('one mature window alone: consider, held back by the missing second one', () => {
  expect(advise(input({ mature: [[rmse(12.5, start - day)]] }))).toMatchObject({
    action: 'consider',
    blockers: ['only one mature window shows it'],
  });
});

test('within the cooldown: consider, naming its end', () => {
  const retrain = { running: false, lastSucceededAt: start - 3 * day };
  expect(advise(input({ mature: fallen, retrain }))).toMatchObject({
    action: 'consider',
    blockers: ['cooldown until 2026-11-13 09:00 UTC'],
  });
  const timezone = 'Europe/Paris';
  expect(advise(input({ mature: fallen, retrain, timezone }))).toMatchObject({
    reasons: [{ text: expect.stringContaining('2026-11-01 10:00 Europe/Paris') as string }],
    blockers: ['cooldown until 2026-11-13 10:00 Europe/Paris'],
  });
  const over = { running: false, lastSucceededAt: start + day - 14 * day };
  expect(advise(input({ mature: fallen, retrain: over })).action).toBe('retrain');
});

test('fewer than 1,000 labelled rows: consider', () => {
  const thin = fallen.map((list) => list.map((one) => ({ ...one, nCurrent: 400 })));
  expect(advise(input({ mature: thin }))).toMatchObject({
    action: 'consider',
    blockers: ['800 labelled rows to train on, at least 1000 are needed'],
  });
});

test('without a trivial model the loss cannot be computed: consider at alert, none otherwise', () => {
  const bare = (verdict: Finding['verdict']) =>
    [start - day, start - 2 * day].map((end) => [
      rmse(12.5, end, { details: { reference: 10 }, verdict }),
    ]);
  expect(advise(input({ mature: bare('alert') }))).toMatchObject({
    action: 'consider',
    blockers: ['the skill loss cannot be computed without reference and trivial'],
  });
  expect(advise(input({ mature: bare('warn') })).action).toBe('none');
});

test('a reference that is no better than trivial gives no skill to lose', () => {
  const details = { reference: 20, trivial: 20 };
  const mature = [start - day, start - 2 * day].map((end) => [rmse(25, end, { details })]);
  expect(advise(input({ mature })).action).toBe('none');
});

test('a broken key or important feature: fix the data, whatever the performance says', () => {
  for (const importances of [{}, { income: null }, { income: 0.05 }]) {
    const given = input({ findings: [broken('income')], mature: fallen, importances });
    expect(advise(given)).toMatchObject({
      action: 'fix_data',
      reasons: [{ text: 'income changed its type. Do not retrain on it.' }],
    });
  }
});

test('labels at fault, here or in the newest mature window: fix the data, once', () => {
  const fault = rmse(0, start - day, {
    ...{ value: null, verdict: 'unknown', reason: 'label_fault', sentence: 'rmse: at fault.' },
  });
  for (const change of [{ findings: [fault] }, { mature: [[fault], ...fallen] }]) {
    expect(advise(input(change))).toMatchObject({
      action: 'fix_data',
      reasons: [{ text: 'rmse: at fault. Do not retrain on it.' }],
    });
  }
  // what an older window had is past
  expect(advise(input({ mature: [...fallen, [fault]] })).action).toBe('retrain');
});

test('a broken feature of little importance does not stop a retraining', () => {
  const given = { findings: [broken('income')], mature: fallen, importances: { income: 0.049 } };
  expect(advise(input(given)).action).toBe('retrain');
});

test('soft findings, warnings and rules about rows as a whole are not broken data', () => {
  const soft = { ...broken('income'), hard: null };
  const warn = { ...broken('income'), verdict: 'warn' as const };
  const stopped = { ...broken('rows'), check: 'volume', hard: 'no rows' };
  const new_ = { ...broken('income'), category: 'drift' as const };
  for (const one of [soft, warn, stopped]) {
    expect(advise(input({ findings: [psi('a', 'ok'), one] })).action).toBe('none');
  }
  expect(advise(input({ findings: [new_] })).action).not.toBe('fix_data');
});

test('the widest broken rule is the first reason, and names the parts in which it is seen', () => {
  const missing = (value: number, slice: Finding['slice']) =>
    finding('missing', 'debt', {
      ...{ category: 'data-quality', verdict: 'alert', hard: 'all null', value, slice },
    });
  const findings = [
    missing(0.51, { country: 'DE' }),
    missing(0.52, { rich: 'true' }),
    missing(1, { row_source: 'eu' }),
    { ...broken('age'), slice: { country: 'DE' } },
  ];
  const { reasons } = advise(input({ findings }));
  expect(reasons.map(({ text }) => text)).toEqual([
    'In source eu: missing of debt. So it is in 2 other parts of the rows. Do not retrain on it.',
    'In country = DE: age changed its type. Do not retrain on it.',
  ]);
  expect(reasons[0]?.findings.map(({ segment }) => segment)).toEqual([
    'row_source=eu',
    'rich=true',
    'country=DE',
  ]);
});

test('while a retraining runs: none, in progress; a broken column still says fix_data', () => {
  const retrain = { running: true, lastSucceededAt: null };
  const running = input({ mature: fallen, retrain });
  expect(advise(running)).toMatchObject({
    action: 'none',
    reasons: [{ text: 'A retraining is in progress.' }],
  });
  expect(advise({ ...running, findings: [broken('income')] }).action).toBe('fix_data');
});

test('PSI 0.4 on a feature of 1 % importance with a flat metric: none', () => {
  const mature = [[rmse(10, start - day)], [rmse(10, start - 2 * day)]];
  const findings = [psi('a', 'alert'), psi('b', 'ok')];
  const importances = { a: 0.01, b: 0.99 };
  expect(advise(input({ findings, mature, importances })).action).toBe('none');
});

test('drifted features that hold 30 % of importance: consider, until labels say otherwise', () => {
  const findings = [psi('country'), psi('b', 'ok')];
  const drift = input({ findings, importances: { country: 0.3, b: 0.7 } });
  expect(advise(drift)).toMatchObject({
    action: 'consider',
    reasons: [{ text: '1 drifted feature holds 30 % of the importance: country.' }],
  });
  expect(advise({ ...drift, importances: { country: 0.29, b: 0.71 } }).action).toBe('none');
  // the labels of that very window are mature, and its error is as before
  const mature = [[rmse(10, start)], [rmse(10, start - day)]];
  expect(advise({ ...drift, mature }).action).toBe('none');
  expect(advise({ ...drift, mature: [[rmse(12.5, start)], [rmse(12, start - day)]] }).action).toBe(
    'retrain',
  );
});

test('unknown importance counts by the share of features', () => {
  const of = (drifted: number, all: number) =>
    Array.from({ length: all }, (_, i) => psi(`f${i}`, i < drifted ? 'warn' : 'ok'));
  expect(advise(input({ findings: of(3, 10) })).action).toBe('consider');
  expect(advise(input({ findings: of(2, 10) })).action).toBe('none');
  // f0 is known to hold 0.2; the nine others share 0.8: f0 and f1 hold 0.2 + 0.8 / 9 = 0.289
  expect(advise(input({ findings: of(2, 10), importances: { f0: 0.2 } })).action).toBe('none');
  expect(advise(input({ findings: of(2, 10), importances: { f0: 0.22 } })).action).toBe('consider');
});

test('a prediction that moved at alert: consider; at warn: none', () => {
  const moved = (verdict: Finding['verdict']) =>
    input({ findings: [psi('a', 'ok'), finding('prediction_drift', 'prediction', { verdict })] });
  expect(advise(moved('alert')).action).toBe('consider');
  expect(advise(moved('warn')).action).toBe('none');
});

test('a window without any prediction is broken data; one with too few rows is not', () => {
  const volume = (target: string) =>
    finding('volume', target, {
      category: 'data-quality',
      verdict: 'alert',
      hard: 'no predictions',
    });
  const drift = finding('prediction_drift', 'prediction', { verdict: 'alert' });
  expect(advise(input({ findings: [volume('predictions'), drift] })).action).toBe('fix_data');
  expect(advise(input({ findings: [volume('rows'), drift] })).action).toBe('consider');
});

test('an estimate that says a tenth of the skill is lost: consider, until labels say otherwise', () => {
  const estimated = (value: number) =>
    finding('estimated_performance', 'prediction', {
      ...{ category: 'drift', verdict: 'warn', value, sentence: 'It fell.' },
      details: { metric: 'roc_auc', reference: 0.9, trivial: 0.5 },
    });
  const given = (value: number) => input({ findings: [psi('a', 'ok'), estimated(value)] });
  // (0.9 - 0.85) / (0.9 - 0.5) = 12.5 %, (0.9 - 0.87) / 0.4 = 7.5 %
  expect(advise(given(0.85))).toMatchObject({
    action: 'consider',
    reasons: [{ text: 'An estimated 12.5 % of the skill is lost: It fell.' }],
  });
  expect(advise(given(0.87)).action).toBe('none');
  const mature = [[rmse(10, start)], [rmse(10, start - day)]];
  expect(advise({ ...given(0.85), mature }).action).toBe('none');
});

test('never any labels: quiet is none and says drift only; a source that is down is unknown', () => {
  expect(advise(input()).reasons[0]?.text).toMatch(
    /^Nothing to do: \d+ features? within their limits; drift only, for no window has mature labels yet\.$/,
  );
  const down = [psi('a', 'unknown'), psi('b', 'unknown')];
  expect(advise(input({ findings: down }))).toMatchObject({
    action: 'unknown',
    reasons: [{ text: 'Neither performance nor drift could be judged.' }],
  });
});

test('a metric with nothing to be held against shows no loss and no quiet', () => {
  const alone = { details: {}, rule: SHOWN, nReference: 0 };
  const mature = [[rmse(10, start, alone)]];
  const { reasons } = advise(input({ mature }));
  expect(reasons[0]?.text).toMatch(/^Nothing to do: RMSE .* could be held against nothing yet; 1/);
  expect(reasons[0]?.findings).toMatchObject([{ check: 'psi' }]);
  const findings = [psi('a', 'unknown')];
  expect(advise(input({ mature, findings }))).toMatchObject({ action: 'unknown' });
  // as without it: what drifts is all that is known
  const drifted = { findings: [psi('a')], importances: { a: 0.6 } };
  expect(advise(input({ mature, ...drifted })).action).toBe('consider');
  expect(advise(input({ mature: [[rmse(10, start)]], ...drifted })).action).toBe('none');
});

test('a quiet window names what its advice rests on', () => {
  const said = (change: Partial<AdviceInput>) => advise(input(change)).reasons[0]?.text;
  const calm = [psi('a', 'ok'), psi('b', 'ok'), finding('missing', 'a', { category: 'drift' })];
  const moved = finding('prediction_drift', 'prediction', { verdict: 'ok' });
  expect(said({ findings: [...calm, moved] })).toBe(
    'Nothing to do: 2 features and the predictions within their limits; ' +
      'drift only, for no window has mature labels yet.',
  );
  const mature = [[rmse(10, start - 30 * day)], [rmse(10, start - 31 * day)]];
  const then = new Date(start - 30 * day).toISOString();
  const date = `${then.slice(0, 10)} ${then.slice(11, 16)} UTC`;
  expect(said({ findings: calm, mature })).toBe(
    `Nothing to do: RMSE of the window to ${date} is within its limits; ` +
      `no mature labels since ${date}; 2 features within their limits.`,
  );
  // 09:00 UTC is a midnight in Gambier.
  expect(said({ findings: calm, mature, timezone: 'Pacific/Gambier' })).toContain(
    'RMSE of the window to 2026-10-03 is within its limits; no mature labels since 2026-10-03;',
  );
  const drifting = Array.from({ length: 9 }, (_, n) => psi(`f${n}`, n < 2 ? 'warn' : 'ok'));
  const late = finding('rejected_rows', 'rows', { category: 'data-quality', verdict: 'warn' });
  expect(said({ findings: [...drifting, late], mature: [[rmse(10, start)]] })).toMatch(
    /^No reason to retrain: RMSE of .* is within its limits; off among 9 features: f0 drifted, f1 drifted; also off: rejected rows\.$/,
  );
  // what informs is told, and asks for nothing
  const informs = finding('disparity_trend', 'disparity_trend', {
    ...{ category: 'feedback-loop', verdict: 'warn' },
  });
  const told = advise(input({ findings: [...calm, informs], mature }));
  expect(told.action).toBe('none');
  expect(told.reasons.map(({ text }) => text).join()).toMatch(
    /^No reason to retrain: .*; also off: decisions on segments move apart\.$/,
  );
  const shown = psi('a', 'ok');
  expect(said({ findings: [{ ...shown, rule: 'shown, not judged' }], mature })).toContain(
    'drift could not be judged',
  );
});

test('without a retraining section nothing asks for a retraining', () => {
  const mature = fallen.map((findings) =>
    findings.map((one) => ({ ...one, verdict: 'alert' as const })),
  );
  const advice = advise(input({ policy: null, mature }));
  expect(advice.action).toBe('none');
  expect(advice.reasons[0]?.text).toMatch(
    /^The monitor has no retraining section, .*; off: RMSE\.$/,
  );
});

test('the mark holds names, hashes and categories, and no sentence', () => {
  const findings = [broken('income'), broken('age')];
  const given = input({ findings });
  expect(adviceMark(advise(given), { input: given, revision: 3, evidence: 'abc' })).toEqual({
    action: 'fix_data',
    drivers: ['age broken', 'income broken'],
    blockers: [],
    categories: ['data-quality'],
    windowEnd: start,
    revision: 3,
    evidence: 'abc',
  });
});

test('the same findings in another order give the same bytes', () => {
  const findings = [broken('x'), broken('y'), psi('a'), psi('b'), psi('c', 'ok')];
  const importances = fc.constantFrom({}, { x: 0.01, y: 0.01 }, { x: 0.01 });
  fc.assert(
    fc.property(
      fc.shuffledSubarray(findings, { minLength: 5 }),
      importances,
      fc.shuffledSubarray(fallen, { minLength: 2 }),
      (shuffled, known, mature) => {
        const one = advise(input({ findings, importances: known, mature: fallen }));
        const other = advise(input({ findings: shuffled, importances: known, mature }));
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      },
    ),
  );
});

test('a declared sale, PSI 0.5 and three times the rows with immature labels: none', () => {
  const sale = { name: 'sale', start: start - day, end: start, repeats: null } as const;
  const known = {
    events: [{ ...sale, effect: 'expected' as const }],
    windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 100 } as const,
  };
  const found = [
    finding('psi', 'amount', { verdict: 'warn', value: 0.5 }),
    finding('volume', 'rows', { category: 'data-quality', verdict: 'warn', value: 2 }),
    finding('rmse', 'rmse', { category: 'performance', verdict: 'unknown', reason: 'immature' }),
  ];
  const importances = { amount: 0.6 };
  expect(advise(input({ findings: found, importances })).action).toBe('consider');
  const told = expectedOf(found, known, windowTo(start));
  expect(advise(input({ findings: told, importances })).action).toBe('none');
});

test('an upstream fix that was accepted, nulls 60 to 1 % and skill down 2 %: none', () => {
  const fixed = finding('schema', 'income', {
    category: 'data-quality',
    verdict: 'alert',
    hard: 'default fills in',
  });
  const found = [fixed, psi('income')];
  const mature = [[rmse(10.2, start - day)], [rmse(10.2, start - 2 * day)]];
  const importances = { income: 0.4 };
  const level = { finding: 'f', check: 'schema', target: 'income', slice: {} };
  const accepted = [{ ...level, from: start - day, until: start + 30 * day }];
  const given = { findings: found, mature, importances };
  expect(advise(input(given)).action).toBe('fix_data');
  expect(advise(input({ ...given, accepted })).action).toBe('none');
  // What breaks beyond the accepted level is news again.
  const beyond = { ...fixed, details: { accepted: {} } };
  expect(advise(input({ ...given, findings: [beyond], accepted })).action).toBe('fix_data');
});

test('what an advice says of one part of the rows names the part', () => {
  const eu = { slice: { row_source: 'eu' } };
  const [reason] = advise(input({ findings: [{ ...broken('a'), ...eu }] })).reasons;
  expect(reason?.text).toBe('In source eu: a changed its type. Do not retrain on it.');
  expect(reason?.findings).toEqual([{ check: 'schema', target: 'a', segment: 'row_source=eu' }]);
  const moved = finding('prediction_drift', 'prediction', { verdict: 'alert', ...eu });
  expect(advise(input({ findings: [moved] })).reasons[0]?.text).toBe(
    'In source eu: prediction_drift of prediction.',
  );
});

test('during a known event the advice names it, until when it goes, and what stays to do', () => {
  const end = Math.ceil(start / day) * day + 3 * day;
  const event = {
    name: 'sale',
    start: start - day,
    end,
    effect: 'expected',
    repeats: null,
  } as const;
  const known = { events: [event], windows: { size: '1d', timezone: 'UTC', minRows: 1 } } as const;
  const given = [psi('a', 'alert'), psi('b', 'ok'), broken('c')];
  const window = { start: start - day, end: start };
  const monitorWindows = { ...known.windows, align: 'monday' } as const;
  const said = (findings: readonly Finding[]) =>
    advise(
      input({
        findings: expectedOf(findings, { ...known, windows: monitorWindows }, window),
        importances: { c: 0.01 },
      }),
    ).reasons[0]?.text;
  const until = new Date(end).toISOString().slice(0, 10);
  const opening =
    `Expected until ${until} by sale: a drifted. ` +
    'What is still off in windows after that is told. ';
  expect(said(given.slice(0, 2))).toBe(
    `${opening}Beside it nothing to do: 1 feature within their limits; ` +
      'drift only, for no window has mature labels yet.',
  );
  expect(said(given.slice(0, 1))).toContain('nothing to do: no other drift was judged');
  expect(said(given)).toContain(`${opening}Beside it no reason to retrain: `);
  expect(said(given)).toContain('also off: c broken');
});

const loop = (check: string, change: Partial<Finding> = {}) =>
  finding(check, check, {
    ...{ category: 'feedback-loop', verdict: 'alert', window: windowTo(start - day) },
    ...change,
  });

test('a loop comes before a retraining that is asked for or under way, and after broken data', () => {
  const caused = loop('suppression', { sentence: 'The model caused 270.' });
  const mature = [[...(fallen[0] ?? []), caused], fallen[1] ?? []];
  const given = input({ mature });
  const found = advise(given);
  expect(found).toMatchObject({ action: 'investigate_loop', blockers: [] });
  expect(found.reasons).toEqual([
    {
      text:
        'Confirmed by rows held out at random: The model caused 270. Do not retrain on these ' +
        'labels: train on rows not acted on and on those held out, weighted by one over their chance.',
      findings: [{ check: 'suppression', target: 'suppression', segment: null }],
    },
  ]);
  const retrain = { running: true, lastSucceededAt: null };
  expect(advise({ ...given, retrain }).action).toBe('investigate_loop');
  expect(advise({ ...given, findings: [broken('a')] }).action).toBe('fix_data');
  const mark = adviceMark(found, { input: given, revision: 1, evidence: 'e' });
  expect(mark).toMatchObject({
    drivers: ['labels suppressed'],
    categories: ['feedback-loop'],
  });
});

test('of a loop the newest window with an answer decides, and of all rows only', () => {
  const early = loop('suppression', { window: windowTo(start - 2 * day) });
  const over = loop('suppression', { verdict: 'ok' });
  const unknown = loop('suppression', { verdict: 'unknown', reason: 'insufficient_data' });
  const adviceOn = (...all: Finding[][]) => advise(input({ mature: all })).action;
  expect(adviceOn([over], [early])).toBe('none');
  expect(adviceOn([unknown], [early])).toBe('investigate_loop');
  expect(adviceOn([loop('suppression', { verdict: 'warn' })])).toBe('investigate_loop');
  expect(adviceOn([loop('label_coverage', { slice: { country: 'FR' } })])).toBe('none');
});

test('people who confirm what they see make a loop, confirmed by chance alone', () => {
  const said = (random: boolean, change: Partial<Finding> = {}) =>
    advise(
      input({
        mature: [
          [
            loop('self_confirmation', {
              sentence: 'Half is gone.',
              details: { random },
              ...change,
            }),
          ],
        ],
      }),
    );
  expect(said(true)).toMatchObject({ action: 'investigate_loop' });
  expect(said(true).reasons[0]?.text).toBe(
    'Confirmed by rows labelled blind at random: Half is gone. Do not retrain on labels by people ' +
      'who saw the answer: train and evaluate on those made without it.',
  );
  expect(said(false).reasons[0]?.text).toMatch(/^Suspected: Half is gone\./);
  expect(said(true, { verdict: 'ok' }).action).toBe('none');
  expect(said(true, { verdict: 'unknown', reason: 'insufficient_data' }).action).toBe('none');
});

test('an arm that lives without the model confirms that the model moves its data', () => {
  const found = advise(input({ mature: [[loop('arm_contrast', { sentence: 'They differ.' })]] }));
  expect(found.action).toBe('investigate_loop');
  expect(found.reasons).toEqual([
    {
      text:
        'Confirmed by an arm that lives without the model: They differ. Do not take it for a change ' +
        'of the world: train on rows of both arms, and expect the answer to the next model, too.',
      findings: [{ check: 'arm_contrast', target: 'arm_contrast', segment: null }],
    },
  ]);
  const quiet = loop('arm_contrast', { verdict: 'ok' });
  expect(advise(input({ mature: [[quiet]] })).action).toBe('none');
});

test('how many positives are hidden stands beside a loop, and makes none by itself', () => {
  const hidden = loop('censored_positives', { sentence: 'By an estimate 81 % are hidden.' });
  const fallen = loop('positive_rate', { category: 'performance', sentence: 'It fell.' });
  const found = advise(input({ mature: [[loop('label_coverage'), hidden, fallen]] }));
  expect(found.action).toBe('investigate_loop');
  expect(found.reasons.map(({ text }) => text)).toEqual([
    expect.stringContaining('Labels come unevenly over'),
    'By an estimate 81 % are hidden.',
  ]);
  const unknown = { ...hidden, verdict: 'unknown', value: null } as const;
  expect(advise(input({ mature: [[loop('suppression'), unknown]] })).reasons).toHaveLength(1);
  for (const alone of [hidden, fallen]) {
    const given = input({ mature: [[alone]] });
    expect(JSON.stringify(advise(given))).not.toMatch(/loop|caused/);
  }
});

test('labels that are missing by score say what a holdout has to be; few of them ask for nothing', () => {
  const beside = loop('suppression', {
    ...{ verdict: 'unknown', reason: 'insufficient_data', sentence: 'Hold out 49 rows.' },
  });
  const found = advise(input({ mature: [[loop('label_coverage'), beside]] }));
  expect(found.action).toBe('investigate_loop');
  expect(found.reasons.map(({ text }) => text)).toEqual([
    expect.stringContaining('Labels come unevenly over'),
    'Hold out 49 rows.',
  ]);
  // only what chance decided says what the model caused
  expect(JSON.stringify(found)).not.toMatch(/caused|onfirmed/);
  const few = loop('label_coverage', { verdict: 'warn' });
  expect(advise(input({ mature: [[few, beside]] })).action).toBe('none');
});

const eroded = (change: Partial<Finding> = {}) =>
  loop('positive_rate', {
    ...{ category: 'performance', value: 0.55, high: 0.7, sentence: 'It fell.' },
    details: { acted: { within: -0.009, mix: 0 }, others: { within: 0, mix: 0 } },
    ...change,
  });
const calibration = (change: Partial<Finding> = {}) =>
  loop('calibration_break', { verdict: 'warn', sentence: 'Suspected: it matches.', ...change });

test('calibration that broke and a rate that fell among rows acted on are a suspicion together', () => {
  const given = input({
    mature: [[...(fallen[0] ?? []), calibration(), eroded()], fallen[1] ?? []],
  });
  const found = advise(given);
  expect(found).toMatchObject({ action: 'investigate_loop', blockers: [] });
  expect(found.reasons).toEqual([
    {
      text:
        'Suspected, for calibration broke where the model acts and fewer rows acted on are ' +
        'positive: Suspected: it matches. It fell. Do not retrain on these labels until rows held ' +
        'out at random tell which it is.',
      findings: ['calibration_break', 'positive_rate'].map((check) => {
        return { check, target: check, segment: null };
      }),
    },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/caused|onfirmed/);
});

const erodedElsewhere = { acted: { within: 0.001, mix: -0.01 }, others: { within: -0.01, mix: 0 } };

test.each<[why: string, ...Finding[]]>([
  ['calibration alone', calibration()],
  ['the rate alone', eroded()],
  ['calibration that holds', calibration({ verdict: 'ok' }), eroded()],
  ['a rate within chance', calibration(), eroded({ high: 1.02 })],
  ['a rate that fell elsewhere', calibration(), eroded({ details: erodedElsewhere })],
  ['nobody knows where it fell', calibration(), eroded({ details: { acted: null } })],
  ['another window', calibration(), eroded({ window: windowTo(start - 2 * day) })],
  ['one part of the rows', calibration({ slice: { country: 'FR' } }), eroded()],
  ['a holdout that finds nothing', calibration(), eroded(), loop('suppression', { verdict: 'ok' })],
])('no suspicion: %s', (_, ...findings) => {
  expect(advise(input({ mature: [findings] })).action).toBe('none');
});

test('a holdout that cannot say, or did before, leaves the suspicion; one that rejects confirms', () => {
  const unknown = loop('suppression', { verdict: 'unknown', reason: 'insufficient_data' });
  const before = loop('suppression', { verdict: 'ok', window: windowTo(start - 2 * day) });
  const said = (...more: Finding[]) =>
    advise(input({ mature: [[calibration(), eroded(), ...more]] }));
  for (const one of [unknown, before]) {
    expect(said(one).reasons.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Suspected, /),
    ]);
  }
  expect(said(loop('suppression')).reasons.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Confirmed /),
  ]);
});

const ipw = { ...rules().policy, metric: 'roc_auc', loop: { handling: 'ipw' } } as const;
const weighted = { version: 'v2', unweightedActed: 0 };
/** AUC 0.8 on the reference; corrected it is 0.74, a fifth of the skill, whatever was observed. */
const observed = (end: number, change: Partial<Finding['details']> = {}) =>
  finding('roc_auc', 'roc_auc', {
    ...{ category: 'performance', value: 0.6, low: 0.59, high: 0.61, interval: 'confidence' },
    details: {
      ...{ reference: 0.8, positives: 2_500 },
      corrected: { value: 0.74, trivial: 0.5, standardError: 0.01 },
      ...change,
    },
    window: windowTo(end),
  });
const acting = (change: Partial<AdviceInput> = {}, details = {}) =>
  advise(
    input({
      policy: ipw,
      mature: [
        [observed(start - day, details), loop('suppression')],
        [observed(start - 2 * day, details)],
      ],
      trained: weighted,
      ...change,
    }),
  );

test('a loop that training handles asks for nothing, and the corrected metric decides', () => {
  const found = acting();
  expect(found).toMatchObject({ action: 'retrain', blockers: [] });
  // (0.8 - 0.74) / 0.3, and 1.96 standard errors of 0.01 over 0.3 below it
  expect(found.reasons[0]?.text).toMatch(
    /^The model has lost 20\.0 % of its skill by roc_auc, corrected for rows acted on, .* at least 13\.5 %/,
  );
  expect(found.reasons[1]?.text).toMatch(
    /^The loop is handled \(ipw\): version v2 was trained on no/,
  );
  const well = { corrected: { value: 0.79, trivial: 0.5, standardError: 0.01 } };
  expect(acting({}, well).action).toBe('none');
  // what was judged as handled is a loop again once a version is not
  const was = { handled: { handling: 'ipw', version: 'v2', verdict: 'alert' } };
  const before = loop('suppression', { verdict: 'ok', details: was });
  const now = { trained: { version: 'v3', unweightedActed: 1 }, mature: [[before]] };
  expect(acting(now).action).toBe('investigate_loop');
});

test.each<[why: string, change: Partial<AdviceInput>, lacks: RegExp | null]>([
  ['no version', { trained: null }, /says ipw: no version of the model is registered; it is once/],
  ['no word', { trained: { ...weighted, unweightedActed: null } }, /v2 does not say how many rows/],
  ['some', { trained: { ...weighted, unweightedActed: 7 } }, /v2 was trained on 7 rows acted on w/],
  ['nobody asks for it', { policy: { ...rules().policy, metric: 'roc_auc' } }, null],
])('not handled, for %s: investigate the loop', (_, change, lacks) => {
  const found = acting(change);
  expect(found.action).toBe('investigate_loop');
  const last = found.reasons.at(-1)?.text;
  if (lacks === null) expect(last).toMatch(/^Confirmed by rows held out/);
  else expect(last).toMatch(lacks);
});

test('a handled loop is one again where its effect is surely beyond what was reviewed', () => {
  const within = (low: number, high: number) => {
    const policy = {
      ...ipw,
      loop: { handling: 'ipw' as const, reviewed: { suppression: [0, 0.4] } },
    };
    const seen = loop('suppression', {
      value: (low + high) / 2,
      low,
      high,
      interval: 'confidence',
    });
    const mature = [[observed(start - day), seen], [observed(start - 2 * day)]];
    return acting({ policy: policy as typeof ipw, mature });
  };
  expect(within(0.2, 0.39).action).toBe('retrain');
  // 0.5, but 0.4 may be so
  expect(within(0.39, 0.61).action).toBe('retrain');
  const beyond = within(0.41, 0.6);
  expect(beyond.action).toBe('investigate_loop');
  expect(beyond.reasons.at(-1)?.text).toMatch(/effect has left the interval that was reviewed/);
});

test('a weight for rows acted on does not undo what people confirm', () => {
  const confirmed = loop('self_confirmation', { details: { random: true } });
  const found = acting({ mature: [[observed(start - day), confirmed]] });
  expect(found.action).toBe('investigate_loop');
  expect(found.reasons).toHaveLength(1);
});

test.each([
  ['few positives are held out', { corrected: undefined, unacted: {} }, / cannot be corrected /],
  ['the first windows are the measure', { firstWindows: day }, /first mature windows, which the/],
])('handled, but %s: consider', (_, details, blocker) => {
  const found = acting({}, details);
  expect(found.action).toBe('consider');
  expect(found.blockers[0]).toMatch(blocker);
});

/** An AUC as good as before, on 10,000 rows of which 200 are promised. */
const promising = (observed: number, before: number | null, details: object = {}) =>
  finding('roc_auc', 'roc_auc', {
    ...{ category: 'performance', value: 0.8, low: 0.78, high: 0.82, interval: 'confidence' },
    details: {
      ...{ reference: 0.8, positives: 400, ...details },
      promised: { n: 10_000, observed, expected: 200, before },
    },
    window: windowTo(start - day),
  });
const calibrated = (observed: number, before: number | null = 1, details: object = {}) =>
  advise(input({ mature: [[promising(observed, before, details)]] }));

test('twice as many positives as the scores promise: consider, recalibrate', () => {
  expect(calibrated(400)).toEqual({
    action: 'consider',
    reasons: [
      {
        text:
          'Recalibrate: in the window to 2026-11-01 09:00 UTC 4 % of 10000 labelled rows are ' +
          'positive, where their scores promise 2 %: a factor of 2, of 1 on the reference. ' +
          'The metric has not lost the skill that asks for a retraining.',
        findings: [{ check: 'roc_auc', target: 'roc_auc', segment: null }],
      },
    ],
    blockers: [],
    window: start,
    trainOn: trainOn(null),
  });
  expect(calibrated(150).action).toBe('consider');
  expect(calibrated(400, null).reasons[0]?.text).toContain('2 %: a factor of 2. The metric');
});

test.each<[why: string, observed: number, before: number | null, details?: object]>([
  ['a quarter more', 250, 1],
  ['a fifth fewer', 160, 1],
  ['the same on the reference', 400, 1.7],
  ['rows acted on, whose labels it cannot believe', 20, 1, { unacted: {} }],
  ['and where they are corrected', 20, 1, { corrected: {} }],
])('as promised: %s', (_, ...given) => {
  expect(calibrated(...given).action).toBe('none');
});

test('few positives may be more than promised by chance', () => {
  // 6 of 100 where 4 are promised: 1.5 times, with 1.96 standard errors of 1.16
  const promised = { n: 100, observed: 6, expected: 4, before: 1 };
  const few = { ...promising(0, 1), details: { reference: 0.8, promised } };
  expect(advise(input({ mature: [[few]] })).action).toBe('none');
  const many = { n: 10_000, observed: 600, expected: 400, before: 1 };
  const sure = { ...few, details: { reference: 0.8, promised: many } };
  expect(advise(input({ mature: [[sure]] })).action).toBe('consider');
});

test('an estimate that chance can make says nothing, whatever limits it has; a sure one does', () => {
  const estimated = (reach: number) =>
    finding('estimated_performance', 'prediction', {
      ...{ value: 0.85, low: 0.85 - reach, high: 0.85 + reach, interval: 'confidence' },
      details: { metric: 'roc_auc', reference: 0.9, trivial: 0.5 },
    });
  expect(advise(input({ findings: [psi('a', 'ok'), estimated(0.04)] })).action).toBe('consider');
  expect(advise(input({ findings: [psi('a', 'ok'), estimated(0.06)] })).action).toBe('none');
});
