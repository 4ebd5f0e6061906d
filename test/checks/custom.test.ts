import { describe, expect, test } from 'vitest';
import { custom } from '../../checks/custom.js';
import type { Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';

const params = { ...custom.defaults, sql: 'avg(x)' };

const profile = (value: number | null, why = '', more: Partial<Profile> = {}) =>
  ({
    rows: 500,
    asked:
      value === null
        ? {}
        : {
            custom: {
              by: { sql: ['avg(x)'], part: [''], why: [why] },
              sums: { n: Float64Array.of(1), value: Float64Array.of(value) },
            },
          },
    ...more,
  }) as Profile;

const measure = (current: Profile, reference: Profile | null = null) =>
  custom.measure({ current, reference } as Evidence, 'mine', params);

describe('custom', () => {
  test('is what was counted, beside the value of the reference', () => {
    const found = measure(profile(0.04), profile(0.02));
    expect(found).toMatchObject({ value: 0.04, nCurrent: 500, details: { reference: 0.02 } });
    expect(custom.say(found, 'mine')).toBe('mine is 0.04 (0.02 in the reference), on 500 rows.');
  });

  test('is unknown with its reason where there is no value', () => {
    expect(measure(profile(null)).reason).toBe('not_evaluated');
    expect(measure(profile(NaN, 'it is null')).reason).toBe('insufficient_data');
    expect(measure(profile(NaN, 'no such column')).reason).toBe('error');
    expect(measure(profile(1, '', { rows: 0 })).reason).toBe('insufficient_data');
  });

  test('does not add up values of several windows', () => {
    const { value, details } = measure(profile(0.04), profile(null, '', { windows: 7 }));
    expect(value).toBe(0.04);
    expect(details['note']).toContain('values of 7 windows do not add up');
  });
});
