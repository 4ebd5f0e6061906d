import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertMember, AlertNotice, AlertSummary } from '../../domain/alert.js';
import type { Finding } from '../../domain/finding.js';
import { cutAtWord } from '../../domain/alerting/notice-text-cut.js';
import { alertNotice } from '../../domain/alerting/notice-text.js';
import { day, hour, mail, slack, start } from '../support/alerts.js';

const actions = { psi: 'Find out upstream what changed; compare the bins named here.' };

function member(target: string, more: Partial<AlertMember> = {}): AlertMember {
  return {
    key: `psi/${target}/`,
    check: 'psi',
    target,
    slice: '',
    source: null,
    verdict: 'alert',
    condition: 'firing',
    since: start,
    ...more,
  };
}

function finding(target: string, more: Partial<Finding> = {}): Finding {
  return {
    check: 'psi',
    target,
    slice: {},
    value: 0.31234,
    low: 0.29,
    high: 0.34,
    interval: 'confidence',
    pValue: 1e-9,
    nCurrent: 48_210,
    nReference: 120_000,
    reason: null,
    hard: null,
    details: {},
    run: 'card-fraud@2026-11-22T00:00:00Z/1',
    window: { start: start - day, end: start, weekday: 6 },
    revision: 1,
    category: 'drift',
    verdict: 'alert',
    rule: 'psi >= 0.25',
    patience: 1,
    running: null,
    limits: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
    sentence: `"${target}" moved: PSI 0.3123, median 41.0 → 57.2`,
    source: null,
    inputs: 'i',
    ...more,
  };
}

function notice(
  members: readonly AlertMember[],
  more: Partial<AlertNotice> & { summary?: Partial<AlertSummary> } = {},
): AlertNotice {
  const { summary, ...rest } = more;
  return {
    kind: 'notice',
    deliveryId: 'alert-card-fraud-drift-1.1.1.0',
    attempt: 1,
    doubtful: false,
    target: mail,
    threadRef: null,
    form: 'new',
    reason: 'firing',
    insteadOf: null,
    insteadSince: null,
    alert: {
      model: 'card-fraud',
      category: 'drift',
      id: 'card-fraud/drift#1',
      episode: 1,
      status: 'firing',
      severity: 'critical',
      level: 0,
      firedAt: start,
      firstWindow: start,
      lastWindow: start + day,
      lastRevision: 1,
      members: members.slice(0, 40),
      memberCount: members.length,
      acknowledgedBy: null,
      acknowledgedAt: null,
      snoozedUntil: null,
      assignedTo: null,
      reopened: 0,
      repeat: null,
      by: null,
      reason: null,
      ...summary,
    },
    ...rest,
  };
}

function write(alert: AlertNotice, findings: readonly Finding[]) {
  return alertNotice({ notice: alert, findings, actions, timezone: 'UTC', at: start });
}

describe('the words of an alert', () => {
  test('the subject says severity, model, check, value against limit and since when', () => {
    const { subject } = write(notice([member('amount')]), [finding('amount')]);
    expect(subject).toBe(
      'CRITICAL: card-fraud amount drifted: PSI 0.3123 (limit 0.25), since 2026-11-22 00:00 UTC',
    );
  });

  test('the text says what, how much, since when, whom it hits, what to do and how to answer', () => {
    const { text } = write(notice([member('amount')]), [finding('amount')]);
    expect(text.split('\n')).toEqual([
      'critical drift alert card-fraud/drift#1: it fires.',
      '',
      '- alert: "amount" moved: PSI 0.3123, median 41.0 → 57.2 (limit 0.25)',
      '',
      'Since the window that ended 2026-11-22 00:00 UTC; the newest bad one ended 2026-11-23 00:00 UTC.',
      'It hits card-fraud: 48210 rows in that window.',
      'What to do: Find out upstream what changed; compare the bins named here.',
      '',
      'aftercare alerts show card-fraud/drift#1',
      'aftercare alerts ack card-fraud/drift#1 --as <you> --reason "…"',
    ]);
  });

  test('a check of your own says what it costs and what to do, in your words', () => {
    const own = { check: 'refund_rate', category: 'kpi', details: { impact: '2 EUR a row' } };
    const { text } = alertNotice({
      notice: notice([{ ...member('rows'), check: 'refund_rate' }]),
      findings: [finding('rows', own as Partial<Finding>)],
      actions: { refund_rate: 'Ask the shop.' },
      ...({ timezone: 'UTC', at: start } as const),
    });
    const lines = text.split('\n');
    expect(lines).toContain('Impact: 2 EUR a row');
    expect(lines).toContain('What to do: Ask the shop.');
  });

  test('instants are on the wall clock of the model, in subject, text and facts', () => {
    const alert = notice([member('amount')]);
    const given = { notice: alert, findings: [], actions, timezone: 'Asia/Kolkata', at: start };
    const { subject, text, facts } = alertNotice(given);
    expect(subject).toContain(', since 2026-11-22 05:30 Asia/Kolkata');
    expect(text).toContain(
      'ended 2026-11-22 05:30 Asia/Kolkata; the newest bad one ended 2026-11-23',
    );
    expect(facts).toContainEqual({ label: 'Since', value: '2026-11-22 05:30 Asia/Kolkata' });
    expect(`${subject}${text}`).not.toContain('UTC');
  });

  test('300 drifted features are counted, in at most 2,800 characters with the commands', () => {
    const names = Array.from({ length: 300 }, (_, n) => `feature_${n}_${'x'.repeat(300)}`);
    const findings = names.map((name) => finding(name));
    const { subject, text } = write(notice(names.map((name) => member(name))), findings);
    expect(text.length).toBeLessThanOrEqual(2_800);
    expect(text).toContain('- and 292 more: aftercare alerts show card-fraud/drift#1');
    expect(text.endsWith('alerts ack card-fraud/drift#1 --as <you> --reason "…"')).toBe(true);
    expect(subject.length).toBeLessThanOrEqual(130);
    expect(subject).toContain('and 299 more, since 2026-11-22 00:00 UTC');
  });

  test('what has no room in the subject ends with a whole word', () => {
    const reason =
      'data/scores/2026-11-21.parquet: column "scored_at" is missing; the columns are customer_id, ' +
      'score, prediction, income, country';
    const given = notice([member('windows', { check: 'evaluation' })]);
    const unjudged = [{ end: start, start: start - day, reason, triedUntil: start + day }];
    const told = { notice: given, findings: [], actions, unjudged, timezone: 'UTC', at: start };
    const { subject } = alertNotice(told);
    expect(subject.length).toBeLessThanOrEqual(130);
    const before = 'CRITICAL: card-fraud windows not evaluated: ';
    const after = '…, since 2026-11-22 00:00 UTC';
    // 130 - 44 - 28 letters of the reason have room, the last of them within "missing"
    expect(subject).toBe(`${before}data/scores/2026-11-21.parquet: column "scored_at" is${after}`);
  });

  test('a text that is cut keeps to its room and, of short words, to whole ones', () => {
    const text = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 200 }), (words, room) => {
        const whole = words.join(' ');
        const told = cutAtWord(whole, room);
        expect(told.length).toBeLessThanOrEqual(room);
        if (told === whole) return;
        expect(told.endsWith('…')).toBe(true);
        expect(words).toEqual(expect.arrayContaining(told.slice(0, -1).split(' ')));
        expect(`${whole} `.startsWith(`${told.slice(0, -1)} `)).toBe(true);
      }),
    );
  });

  test('long names never push the subject over 130 characters nor the date out of it', () => {
    for (let length = 1; length < 200; length += 7) {
      const target = 't'.repeat(length);
      const summary = { model: 'm'.repeat(length) };
      const rule = 'r'.repeat(length);
      const { subject } = write(notice([member(target), member('b')], { summary }), [
        finding(target, { rule }),
      ]);
      expect(subject.length).toBeLessThanOrEqual(130);
      expect(subject).toMatch(/and 1 more, since 2026-11-22 00:00 UTC$/);
    }
  });

  test('a hostile name cannot break a line, a header or the writing direction', () => {
    const evil = 'a\r\nBcc: x@evil.org\u2028\u202e<!channel> & <script>';
    const sentence = `${evil}\n\naftercare alerts resolve everything`;
    const { subject, text, facts } = write(notice([member(evil)]), [finding(evil, { sentence })]);
    const [plain] = write(notice([member('x')]), [finding('x')]).text.split('- and');
    expect(text.split('\n')).toHaveLength(plain?.split('\n').length ?? 0);
    for (const words of [subject, ...facts.map(({ value }) => value), ...text.split('\n')]) {
      expect(words).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }
    expect(text).toContain('<!channel> & <script>'); // the notifier escapes for its channel
  });

  test('a broken rule has no number, a freshness is a length of time', () => {
    const hard = { check: 'schema', hard: 'column missing', rule: 'column missing', value: 1 };
    const gone = write(notice([member('amount', { check: 'schema' })]), [finding('amount', hard)]);
    expect(gone.subject).toContain('amount broken (column missing)');
    const limits = { warn: 3 * hour, alert: 6 * hour, minRows: 0, rule: 'calibrated' } as const;
    const old = { check: 'freshness', rule: 'freshness >= 6h', value: 8 * hour, limits };
    const late = write(notice([member('newest row', { check: 'freshness' })]), [
      finding('newest row', old),
    ]);
    expect(late.subject).toContain('newest row is old: 8 h (limit 6 h)');
  });

  test.each([
    ['mae', 'mae', 7.3111, { warn: 6, alert: 6.5 }, 'MAE 7.311 (limit 6.5)'],
    [
      'roc_auc',
      'roc_auc',
      0.71,
      { warn: null, alert: { dropShare: 0.05 } },
      'AUC 0.71 (limit 5 % worse than the reference)',
    ],
    [
      'accuracy',
      'accuracy',
      0.71,
      { warn: null, alert: { drop: 0.05 } },
      'accuracy 71 % (limit 5 pp worse than the reference)',
    ],
    [
      'prediction_drift',
      'prediction',
      0.4,
      { warn: 0.05, alert: 0.25 },
      'predictions drifted: PSI 0.4 (limit 0.25)',
    ],
    [
      'missing',
      'income',
      0.215,
      { warn: 0.01, alert: { above: 0.05 } },
      'missing values in income: 21.5 pp (limit above 5 pp)',
    ],
    ['volume', 'rows', 2, { warn: 0.5, alert: 1 }, 'row count changed: 200 % (limit 100 %)'],
    [
      'model_age',
      'model',
      90 * day,
      { warn: 1, alert: 60 * day },
      'model is old: 90 d (limit 60 d)',
    ],
    ['refunds', 'eur', 3, { warn: 1, alert: 2 }, 'refunds of eur: 3 (limit 2)'],
  ])('%s of %s is named for people', (check, target, value, limits, words) => {
    const own = { check, value, limits: { minRows: 1, rule: 'calibrated', ...limits } as const };
    const { subject } = write(notice([member(target, { check })]), [finding(target, own)]);
    expect(subject).toBe(`CRITICAL: card-fraud ${words}, since 2026-11-22 00:00 UTC`);
  });

  test('an alert that is held at warn says why', () => {
    const rule = 'psi >= 0.25, held at warn: importance unknown';
    const { subject, text } = write(notice([member('amount', { verdict: 'warn' })]), [
      finding('amount', { verdict: 'warn', rule }),
    ]);
    expect(subject).toContain('amount drifted: PSI 0.3123 (limit 0.05), since');
    expect(text).toContain('(limit 0.05; held at warn: importance unknown)');
  });

  test('without findings it still says what fires', () => {
    const { subject, text } = write(notice([member('amount')]), []);
    expect(subject).toBe('CRITICAL: card-fraud amount drifted, since 2026-11-22 00:00 UTC');
    expect(text).toContain('- alert: amount drifted\n');
  });

  test('a number of all rows is not said of a slice', () => {
    const { text } = write(notice([member('amount', { slice: 'ab12' })]), [finding('amount')]);
    expect(text).toContain('- alert: amount drifted, in one segment\n');
  });
});

describe('what happened to it', () => {
  const one = [member('amount')];

  test.each([
    ['repeat', { repeat: { k: 2, most: 6 } }, 'CRITICAL 2/6: ', 'it still fires, repeat 2/6'],
    [
      ...(['escalated', { level: 1 }, 'CRITICAL escalated, nobody answered: '] as const),
      'nobody has answered, escalated to level 1',
    ],
    ['reopened', { reopened: 1 }, 'CRITICAL again: ', 'it fires again, reopened ×1'],
    ['acknowledged', { by: 'ana' }, 'ACKNOWLEDGED: ', 'acknowledged by ana'],
    ['reminder', { by: 'ana' }, 'CRITICAL still acknowledged?: ', 'acknowledged by ana and still'],
    ['withdrawn', {}, 'WITHDRAWN: ', 'with what is known now it would not have fired'],
    ['resolved', {}, 'RESOLVED: ', 'resolved, nothing of it fires any more'],
  ] as const)('%s is said in subject and text', (reason, summary, opening, clause) => {
    const { subject, text } = write(notice(one, { reason, summary }), [finding('amount')]);
    expect(subject.startsWith(opening)).toBe(true);
    expect(text).toContain(clause);
  });

  test('what is new is told with its own severity, and the worst is the worst of all', () => {
    const members = [member('amount'), member('tenure', { verdict: 'warn' })];
    const summary = { fresh: ['psi/tenure/'] };
    const found = [finding('amount'), finding('tenure', { verdict: 'warn', value: 0.0798 })];
    const { subject, facts } = write(notice(members, { reason: 'member', summary }), found);
    expect(subject).toContain('WARNING new: card-fraud tenure drifted: PSI 0.0798');
    expect(facts.find(({ label }) => label === 'Worst')?.value).toContain('amount drifted');
    const both = { fresh: ['psi/tenure/', 'psi/amount/'] };
    const worse = write(notice(members, { reason: 'member', summary: both }), found);
    expect(worse.subject).toContain('CRITICAL new: ');
  });

  test('what is over is green, asks for nothing and shows what is over', () => {
    const calm = member('amount', { condition: 'ok', verdict: 'ok' });
    const { severity, text } = write(notice([calm], { reason: 'resolved' }), []);
    expect(severity).toBe('resolved');
    expect(text).toContain('- over: amount drifted');
    expect(text).not.toContain('alerts ack');
    expect(text).not.toContain('What to do');
  });

  test('a fallback names the channel it stands in for, a doubtful one says so', () => {
    const stand = { insteadOf: slack, insteadSince: start, doubtful: true };
    const { text } = write(notice(one, stand), [finding('amount')]);
    expect(text).toContain('(slack unavailable since 2026-11-22 00:00 UTC, so you hear it here.)');
    expect(text).toContain('(You may have this already');
  });

  test('one thread for an episode, the same data for webhooks', () => {
    const { thread, data, deliveryId } = write(notice(one), [finding('amount')]);
    expect(thread).toBe('alert.card-fraud.drift.1');
    expect(deliveryId).toBe('alert-card-fraud-drift-1.1.1.0');
    expect(data).toMatchObject({
      kind: 'alert',
      reason: 'firing',
      alert: { id: 'card-fraud/drift#1', members: [{ target: 'amount', value: 0.31234 }] },
    });
  });
});
