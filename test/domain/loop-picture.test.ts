import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { Trained } from '../../domain/advising/input.js';
import type { Finding, Verdict } from '../../domain/finding.js';
import { evidenceKinds } from '../../domain/loop/evidence.js';
import { loopPicture } from '../../domain/loop/picture.js';
import type { LoopLink } from '../../domain/loop/picture.js';
import { links } from '../../domain/loop/ways.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { ownLabel } from '../support/outcomes.js';

const DAY = 86_400_000;
const windowTo = (day: number) => ({ start: (day - 1) * DAY, end: day * DAY, weekday: 1 });

function finding(check: string, verdict: Verdict, change: Partial<Finding> = {}): Finding {
  return {
    ...{ check, target: check, slice: {}, value: 0.5, low: 0.4, high: 0.6, pValue: null },
    ...{ interval: 'confidence', nCurrent: 900, nReference: 90, hard: null },
    reason: verdict === 'unknown' ? 'insufficient_data' : null,
    ...{ details: {}, run: 'm@1/1', window: windowTo(9), revision: 1, category: 'feedback-loop' },
    ...{ verdict, rule: `${check} >= 0`, patience: 2, running: null, source: null, inputs: 'i' },
    limits: { warn: null, alert: null, minRows: 0, rule: 'calibrated' },
    sentence: `${check} says so.`,
    ...change,
  };
}

const asked = (check: string, name: string | null = null): CheckSpec => ({
  ...{ check, name, against: null, targets: null, warn: null, alert: null, minRows: 0 },
  ...{ rule: 'calibrated', running: null, every: null, params: {} },
});

const all = [...new Set(links.flatMap(({ ways }) => ways.map(({ check }) => check)))];
const action = {
  ...{ column: 'decision', wouldAct: 'w', censors: ['block'], alters: [], explored: 'held' },
};

/** A model that blocks, of which everything is asked. */
function fraud(change: Partial<Monitor> = {}): Monitor {
  const checks = all.map((check) => asked(check));
  return monitorOf({ columns: { action }, labels: ownLabel(['1']), checks, ...change });
}

function linksOf(
  findings: readonly Finding[],
  { monitor = fraud(), trained = null }: { monitor?: Monitor; trained?: Trained | null } = {},
): [LoopLink, LoopLink, LoopLink, LoopLink] {
  const picture = loopPicture({ monitor, findings, trained });
  expect(picture?.map(({ from, to }) => `${from} ${to}`)).toEqual([
    ...['decision label', 'label training', 'training model', 'model decision'],
  ]);
  return picture as unknown as [LoopLink, LoopLink, LoopLink, LoopLink];
}

const slopes = {
  labels: { value: 0.9, standardError: 0.1, pValue: 1e-6 },
  decisions: { value: 0.5, standardError: 0.05, pValue: 1e-5 },
};
const contrast = (about: string, psi: number) => ({ about, psi, low: 0.1, high: 0.9, pValue: 0 });

describe('which check speaks of which link', () => {
  test('each way claims the kind of evidence, and asks the tasks, of its check', () => {
    for (const { check, kind, tasks } of links.flatMap(({ ways }) => ways)) {
      const { kind: own, tasks: its } = checkNamed(check);
      expect({ check, kind, tasks }).toEqual({ check, kind: own, tasks: its });
    }
  });

  test('a causal finding speaks before a structural one, that before an association', () => {
    const caused = finding('suppression', 'alert');
    const uneven = finding('label_coverage', 'alert', { interval: null, low: null, high: null });
    const broken = finding('calibration_break', 'warn', { details: { level: 0.99 } });
    const [first] = linksOf([broken, uneven, caused]);
    expect(first).toMatchObject({ state: 'seen', kind: 'causal', missing: null });
    expect(first.strength).toMatchObject({ by: 'suppression', value: 0.5, low: 0.4, level: 0.95 });
    expect(first.sentence).toBe('Causal evidence: suppression says so.');
    expect(first.findings.map(({ check }) => check)).toEqual([
      ...['suppression', 'label_coverage', 'calibration_break'],
    ]);
    const [second] = linksOf([broken, uneven]);
    expect(second).toMatchObject({ kind: 'structural', strength: { level: null } });
    expect(second.sentence).toMatch(/^Structural evidence, of how data flow: label_coverage/);
    const [third] = linksOf([broken]);
    expect(third).toMatchObject({ kind: 'associational', strength: { level: 0.99 } });
    expect(third.sentence).toMatch(/^An association, which proves nothing: calibration_break/);
  });

  test('what is seen speaks before what is not, whose kind is stronger', () => {
    const [first] = linksOf([finding('suppression', 'ok'), finding('label_coverage', 'warn')]);
    expect(first).toMatchObject({ state: 'seen', kind: 'structural' });
    expect(first.findings).toHaveLength(1);
  });

  test('the kind decides, not the place of a check in the list', () => {
    const chosen = finding('self_confirmation', 'alert', { details: { random: false } });
    const [labels] = linksOf([chosen, finding('label_coverage', 'warn')]);
    expect(labels).toMatchObject({ kind: 'structural', strength: { by: 'label_coverage' } });
    const details = { contrasts: [contrast('amount', 0.5)] };
    const arms = finding('arm_contrast', 'alert', { details });
    const [, training] = linksOf([finding('self_labelled', 'warn'), arms]);
    expect(training).toMatchObject({ kind: 'causal', strength: { by: 'arm_contrast' } });
    expect(training.findings.map(({ check }) => check)).toEqual(['arm_contrast', 'self_labelled']);
  });

  test('broken calibration stands back where a holdout as new shows nothing', () => {
    const broken = finding('calibration_break', 'warn');
    const [first] = linksOf([broken, finding('suppression', 'ok')]);
    expect(first).toMatchObject({ state: 'not_seen', kind: 'causal' });
    expect(first.sentence).toBe(
      'Nothing beyond its limits, by causal evidence: suppression says so.',
    );
    const older = finding('suppression', 'ok', { window: windowTo(8) });
    expect(linksOf([broken, older])[0]).toMatchObject({ state: 'seen', kind: 'associational' });
  });

  test('people who saw the answer: a cause only where the blind rows were drawn at random', () => {
    const drawn = finding('self_confirmation', 'alert', { details: { random: true } });
    expect(linksOf([drawn])[0].kind).toBe('causal');
    const chosen = finding('self_confirmation', 'alert', { details: { random: false } });
    expect(linksOf([chosen])[0].kind).toBe('associational');
  });

  test('arms whose labels differ speak of labels, those whose rows differ of what is trained on', () => {
    const both = [contrast('amount', 0.5), contrast('the label', 0.3)];
    const moved = linksOf([finding('arm_contrast', 'alert', { details: { contrasts: both } })]);
    expect(moved[0]).toMatchObject({ kind: 'causal', strength: { value: 0.3 } });
    expect(moved[1]).toMatchObject({ kind: 'causal', strength: { value: 0.5 } });
    const rows = { details: { contrasts: [contrast('amount', 0.5)] } };
    const [labels, training] = linksOf([finding('arm_contrast', 'alert', rows)]);
    expect([labels.state, training.state]).toEqual(['unknown', 'seen']);
    const [, alike] = linksOf([finding('arm_contrast', 'ok')]);
    expect(alike).toMatchObject({ state: 'not_seen', kind: 'causal' });
  });

  test('a gain has two halves: labels follow decisions, decisions follow labels', () => {
    const gain = finding('allocation_gain', 'warn', { details: { links: slopes } });
    const [labels, , , decisions] = linksOf([gain]);
    expect(labels.strength).toMatchObject({ value: 0.9, pValue: 1e-6 });
    expect(decisions.strength).toMatchObject({ value: 0.5, level: 0.95, pValue: 1e-5 });
    // 0.5 ± 1.96 · 0.05
    expect(decisions.strength?.low).toBeCloseTo(0.402, 3);
    expect(decisions.strength?.high).toBeCloseTo(0.598, 3);
  });

  test('exposure that concentrates is no loop unless it is suspected to reinforce itself', () => {
    const stateOf = (loop: unknown) =>
      linksOf([finding('exposure_concentration', 'alert', { details: { loop } })])[3].state;
    expect(stateOf({ suspected: true })).toBe('seen');
    expect(stateOf({ suspected: false })).toBe('not_seen');
    expect(stateOf('the exposure of no item varies')).toBe('unknown');
  });

  test('training that handles a loop does not hide it', () => {
    const details = { handled: { handling: 'ipw', version: '7', verdict: 'alert' } };
    const [first] = linksOf([finding('suppression', 'ok', { details, rule: 'handled: ipw' })]);
    expect(first).toMatchObject({ state: 'seen', kind: 'causal' });
  });

  test('the version that was registered last says whether it learnt from what was acted on', () => {
    const of = (unweightedActed: number | null) =>
      linksOf([], { trained: { version: '7', unweightedActed } })[2];
    expect(of(1234)).toMatchObject({ state: 'seen', kind: 'structural', missing: null });
    expect(of(1234).strength).toMatchObject({ by: 'version 7', value: 1234 });
    expect(of(0)).toMatchObject({ state: 'not_seen', kind: 'structural' });
    expect(of(0).sentence).toMatch(
      /: version 7 was trained on no rows acted on without a weight\.$/,
    );
    expect(of(null)).toMatchObject({
      ...{ state: 'unknown', missing: { setting: 'training.unweighted_acted' } },
    });
    expect(linksOf([])[2].sentence).toMatch(/No version of the model is registered\.$/);
  });
});

describe('what is missing', () => {
  test('nothing of a loop is declared: there is no picture', () => {
    const checks = [asked('psi')];
    const monitor = monitorOf({ labels: ownLabel(['1']), checks });
    expect(loopPicture({ monitor, findings: [], trained: null })).toBeNull();
    const listed = monitorOf({ labels: ownLabel(['1']), checks: [asked('label_coverage')] });
    expect(loopPicture({ monitor: listed, findings: [], trained: null })).toHaveLength(4);
  });

  const settings = (monitor: Monitor, findings: readonly Finding[] = []) =>
    linksOf(findings, { monitor }).map(({ missing }) => missing?.setting);

  test('a role that nobody declared, a check that nobody lists, labels that are nowhere', () => {
    expect(settings(fraud())).toEqual([
      ...[null, null, 'training.unweighted_acted', 'columns.group'],
    ]);
    expect(settings(fraud({ checks: [] })).slice(0, 2)).toEqual([
      ...['checks: suppression', 'checks: self_labelled'],
    ]);
    expect(settings(fraud({ labels: null })).slice(0, 2)).toEqual(['labels', 'labels']);
    const recommender = monitorOf({ columns: { group: 'region' }, labels: ownLabel(['1']) });
    expect(settings(recommender)[3]).toBe('checks: allocation_gain');
    expect(settings(recommender)[1]).toBe('labels[].label_source');
  });

  test('no row is held out: that is what stronger evidence takes, with the words of the check', () => {
    const monitor = fraud({ ...monitorOf({ columns: { action: { ...action, explored: null } } }) });
    const known = { ...monitor, labels: ownLabel(['1']), checks: fraud().checks };
    const [first] = linksOf(
      [finding('label_coverage', 'alert'), finding('suppression', 'unknown')],
      { monitor: known },
    );
    expect(first).toMatchObject({
      ...{ state: 'seen', kind: 'structural' },
      missing: { setting: 'columns.action.explored', text: 'suppression says so.' },
    });
  });

  test('what is declared and too thin says so in its own words', () => {
    const [first] = linksOf([finding('suppression', 'unknown', { sentence: '28 more rows.' })]);
    expect(first.missing).toEqual({ setting: null, text: '28 more rows.' });
    expect(first.sentence).toBe('Nothing is known of this link. 28 more rows.');
  });

  test('a check that is not for such models is not asked for', () => {
    const monitor = fraud({ model: { ...fraud().model, task: 'multiclass' } });
    const known = linksOf([], { monitor });
    expect(known[1].missing?.setting).toBe('columns.arm');
    expect(known.map(({ state }) => state)).toEqual(Array(4).fill('unknown'));
  });
});

test('a check counts under the name that the monitor gives it, over all rows, in its newest window', () => {
  const monitor = fraud({ checks: [asked('suppression', 'taken')] });
  const old = finding('taken', 'alert', { window: windowTo(7) });
  const part = finding('taken', 'ok', { slice: { country: 'IT' } });
  const blank = finding('taken', 'unknown');
  const [first] = linksOf([part, blank, old, finding('suppression', 'ok')], { monitor });
  expect(first).toMatchObject({ state: 'seen', window: windowTo(7), strength: { by: 'taken' } });
  const newer = finding('taken', 'ok', { window: windowTo(8) });
  expect(linksOf([old, newer], { monitor })[0].state).toBe('not_seen');
});

const someFinding = fc
  .record({
    check: fc.constantFrom(...all, 'psi', 'positive_rate'),
    verdict: fc.constantFrom<Verdict>('ok', 'warn', 'alert', 'unknown'),
    day: fc.integer({ min: 1, max: 3 }),
    value: fc.integer({ min: 0, max: 3 }),
    random: fc.boolean(),
    loop: fc.constantFrom('too few items', { suspected: true }, { suspected: false }),
    about: fc.constantFrom('amount', 'the label'),
    slice: fc.constantFrom<Record<string, string>>({}, { country: 'IT' }),
  })
  .map(({ check, verdict, day, value, random, loop, about, slice }) =>
    finding(check, verdict, {
      ...{ value, slice, window: windowTo(day), sentence: `${check} of day ${day}: ${value}.` },
      details: { random, loop, links: slopes, contrasts: [contrast(about, 0.5)] },
    }),
  );
const someTrained = fc.constantFrom<(Trained | null)[]>(
  ...[null, ...[null, 0, 5].map((unweightedActed) => ({ version: '7', unweightedActed }))],
);
const someInput = fc
  .record({
    findings: fc.array(someFinding, { maxLength: 30, size: 'max' }),
    trained: someTrained,
    listed: fc.subarray(all),
  })
  .map(({ listed, ...rest }) => {
    return { ...rest, monitor: fraud({ checks: listed.map((check) => asked(check)) }) };
  });

describe('laws of the picture', () => {
  test('the order of findings changes nothing, and the same input gives the same bytes', () => {
    const shuffled = someInput.chain((input) =>
      fc
        .shuffledSubarray(input.findings, { minLength: input.findings.length })
        .map((findings) => [input, { ...input, findings }] as const),
    );
    fc.assert(
      fc.property(shuffled, ([input, other]) => {
        const bytes = JSON.stringify(loopPicture(input));
        expect(JSON.stringify(loopPicture(other))).toBe(bytes);
        expect(JSON.stringify(loopPicture(structuredClone(input)))).toBe(bytes);
      }),
    );
  });

  test('no link claims more than its findings, and an unknown one says what it lacks', () => {
    const rank = (kind: LoopLink['kind']) => (kind === null ? -1 : evidenceKinds.indexOf(kind));
    fc.assert(
      fc.property(someInput, (input) => {
        for (const link of loopPicture(input) ?? []) {
          const { state, kind, findings, missing, sentence, strength, window } = link;
          expect(state === 'unknown').toBe(kind === null);
          if (kind === null) {
            expect(missing?.text).toBeTruthy();
            expect([strength, window, findings]).toEqual([null, null, []]);
            continue;
          }
          expect(sentence.startsWith('Causal evidence')).toBe(
            kind === 'causal' && state === 'seen',
          );
          if (link.from === 'training') continue;
          const kinds = findings.map(({ check }) => rank(checkNamed(check).kind as typeof kind));
          expect(rank(kind)).toBeGreaterThanOrEqual(Math.min(...kinds));
          const spoke = input.findings.filter(({ check }) => check === findings[0]?.check);
          const bad = spoke.some(({ verdict }) => verdict === 'warn' || verdict === 'alert');
          if (state === 'seen') expect(bad).toBe(true);
        }
      }),
    );
  });
});
