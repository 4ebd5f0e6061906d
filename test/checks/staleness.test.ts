import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { DAY, END, evidenceOf, windowEnding } from './evidence.js';

function read(name: string, evidence: Evidence) {
  const check = checkNamed(name);
  const found = check.measure(evidence, 'rows', check.defaults);
  return { ...found, sentence: found.reason === null ? check.say(found, 'rows') : null };
}

/** A window of so many rows of which so many have a label, so many of them positive. */
function labels(end: number, counts: { rows: number; negatives: number; positives: number }) {
  const { rows, negatives, positives } = counts;
  const profile: Profile = {
    ...evidenceOf({}, {}).current,
    window: windowEnding(end),
    outcomes: {
      by: { predicted: ['0', '0', '0'], label: ['', '0', '1'] },
      sums: { n: Float64Array.of(rows - negatives - positives, negatives, positives) },
    },
  };
  return profile;
}

describe('model_age', () => {
  test('says since when a promoted version answers', () => {
    const facts = { version: 'v2', trainedUntil: END - 40 * DAY, matureAfter: 0 };
    const own = evidenceOf({}, {}, { facts: { ...facts, answersSince: END - 30 * DAY } });
    expect(read('model_age', own).sentence).toBe(
      'The model was trained on rows until 2026-10-13 00:00 UTC, 40 d ago; ' +
        'it answers since 2026-10-23 00:00 UTC.',
    );
    expect(read('model_age', evidenceOf({}, {}, { facts })).sentence).toMatch(/40 d ago\.$/);
  });
});

describe('reference_age', () => {
  const withEnd = (newest: number | null, trainedUntil: number | null = null) => {
    const facts = { version: null, trainedUntil, matureAfter: 0 };
    const bare = evidenceOf({}, {}, { facts, profile: { rows: 7 } });
    return { ...bare, reference: { ...bare.current, rows: 500, newest } };
  };
  test('counts from the newest row of the reference, and says when it is old', () => {
    const young = read('reference_age', withEnd(END - 180 * DAY));
    expect(young).toMatchObject({ value: 180 * DAY, nReference: 500 });
    expect(young.sentence).toBe('The reference ends 2026-05-26 00:00 UTC, 180 d ago.');
    expect(read('reference_age', withEnd(END - 181 * DAY)).sentence).toBe(
      'The reference ends 2026-05-25 00:00 UTC, 181 d ago; it is older than 180 d: think of a newer one.',
    );
  });
  test('says when it is more than twice as old as the model', () => {
    expect(read('reference_age', withEnd(END - 61 * DAY, END - 30 * DAY)).sentence).toContain(
      'it is more than twice as old as the model',
    );
    expect(read('reference_age', withEnd(END - 60 * DAY, END - 30 * DAY)).sentence).toMatch(
      /60 d ago\.$/,
    );
  });
  test('of rows without times counts from the end of the training data, if that is known', () => {
    expect(read('reference_age', withEnd(null, END - 30 * DAY)).value).toBe(30 * DAY);
    expect(read('reference_age', withEnd(null)).reason).toBe('not_applicable');
    expect(read('reference_age', { ...withEnd(END), reference: null }).reason).toBe('no_reference');
  });
});

describe('label_volume', () => {
  const facts = { version: null, trainedUntil: END - 3 * DAY, matureAfter: 0 };
  const counts = { rows: 100, negatives: 60, positives: 20 };
  const before = [5, 4, 2, 1].map((days) => labels(END - days * DAY, counts));
  const of = (now: typeof counts, recent: readonly Profile[] = before) =>
    read('label_volume', {
      ...evidenceOf({}, {}, { facts, labelled: { first: [], recent } }),
      current: labels(END, now),
    });
  test('is the labelled share, and counts the positives since the training data end', () => {
    // 20 of this window, and of the two windows that began after the training data ended
    expect(of(counts)).toMatchObject({ value: 0.8, nCurrent: 100, hard: null });
    expect(of(counts).sentence).toBe(
      '80 % of 100 rows have a label; 60 positive ones since the training data end, ' +
        '200 are needed to retrain.',
    );
    expect(of({ rows: 1000, negatives: 100, positives: 160 }).sentence).toMatch(
      /200 positive ones since the training data end, enough to retrain\.$/,
    );
  });
  test('is broken without any label where ten would be usual, and not where nine would', () => {
    // four fifths have one: 13 rows let expect 10.4, 12 rows 9.6
    const none = { negatives: 0, positives: 0 };
    expect(of({ rows: 13, ...none })).toMatchObject({ hard: 'no labels' });
    expect(of({ rows: 13, ...none }).sentence).toBe(
      'None of 13 rows has a label; 10 would be usual.',
    );
    expect(of({ rows: 12, ...none })).toMatchObject({ hard: null, value: 0 });
    expect(of({ rows: 1000, ...none }, [])).toMatchObject({ hard: null });
  });
  test('waits until the labels are mature', () => {
    const late = { ...facts, matureAfter: DAY };
    const evidence = { ...evidenceOf({}, {}, { facts: late }), current: labels(END, counts) };
    expect(read('label_volume', evidence).reason).toBe('immature');
    expect(read('label_volume', { ...evidence, knownAt: END + DAY }).reason).toBeNull();
  });
  test('of labels that are numbers counts all of them', () => {
    const numbers = labels(END, counts);
    const outcomes = { by: { label: ['', 'known'] }, sums: { n: Float64Array.of(10, 90) } };
    const bare = evidenceOf({}, {}, { facts });
    const found = read('label_volume', { ...bare, current: { ...numbers, outcomes } });
    expect(found.sentence).toBe(
      '90 % of 100 rows have a label; 90 labels since the training data end, ' +
        '1000 are needed to retrain.',
    );
  });
});
