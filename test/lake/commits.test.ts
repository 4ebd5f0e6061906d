import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitKey, parseCommitKey } from '../../lake/commits.js';
import { commitFor, DAY, evaluation, withLake } from '../support/lake.js';

const at = (day: number, revision = 1) => evaluation(day * DAY, { revision });

test('of twenty commits of one revision the first stands and all are told so', () =>
  withLake(async (lake) => {
    const made = Array.from({ length: 20 }, (_, i) => commitFor(at(3), `file-${i}`));
    const told = await Promise.all(made.map((one) => lake.commit(one)));
    const stands = await lake.commitOf('churn', 3 * DAY, 1);
    expect(made).toContainEqual(stands);
    for (const one of told) expect(one).toEqual(stands);
    expect(await lake.commit(commitFor(at(3), 'late'))).toEqual(stands);
  }));

test('any order of commits gives each window its highest revision, oldest window first', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 })), {
        selector: ([day, revision]) => `${day}/${revision}`,
        maxLength: 12,
      }),
      (names) =>
        withLake(async (lake) => {
          for (const [day, revision] of names) {
            await lake.commit(commitFor(at(day, revision), `f${day}-${revision}`));
          }
          const best = new Map<number, number>();
          for (const [day, revision] of names) {
            best.set(day, Math.max(best.get(day) ?? 0, revision));
          }
          const expected = [...best].sort(([a], [b]) => a - b);
          const got = await lake.commitsOf('churn');
          expect(got.map((one) => [one.window.end / DAY, one.revision])).toEqual(expected);
          expect(await lake.revisionsOf('churn')).toHaveLength(names.length);
          expect(await lake.newest('churn', 2)).toEqual(got.slice(-2));
        }),
    ),
    { numRuns: 15 },
  ));

test('a span takes the windows that end after `from` and not after `to`', () =>
  withLake(async (lake) => {
    for (const day of [1, 2, 3, 4]) await lake.commit(commitFor(at(day), 'f'));
    const days = async (span: { from?: number; to?: number }) =>
      (await lake.commitsOf('churn', span)).map((one) => one.window.end / DAY);
    expect(await days({ from: 1 * DAY, to: 3 * DAY })).toEqual([2, 3]);
    expect(await days({ to: 2 * DAY })).toEqual([1, 2]);
    expect(await days({ from: 2 * DAY })).toEqual([3, 4]);
    expect(await lake.newest('churn', 0)).toEqual([]);
  }));

test('models keep apart, also one whose name begins another and one with slashes', () =>
  withLake(async (lake) => {
    for (const model of ['churn', 'churn-eu', 'team/churn']) {
      await lake.commit(commitFor(evaluation(DAY, { model }), model));
    }
    expect(await lake.models()).toEqual(['churn', 'churn-eu', 'team/churn']);
    expect((await lake.commitsOf('churn')).map(({ file }) => file)).toEqual(['churn']);
    expect((await lake.commitOf('team/churn', DAY))?.file).toBe('team/churn');
    expect(await lake.commitOf('team', DAY)).toBeNull();
    expect(await lake.commitOf('churn', 2 * DAY)).toBeNull();
    expect(await lake.commitOf('churn', DAY, 2)).toBeNull();
  }));

test('the key of a commit names its window and revision and is read back', () => {
  const key = commitKey('team/churn', Date.UTC(2026, 10, 22), 12);
  expect(key).toBe('commits/team%2Fchurn/20261122T000000Z-12.json');
  const end = Date.UTC(2026, 10, 22);
  expect(parseCommitKey(key)).toEqual({ key, model: 'team/churn', end, revision: 12 });
  expect(parseCommitKey('commits/churn/odd.json')).toBeNull();
  expect(() => commitKey('churn', 0, 0)).toThrow(/A revision is 1, 2/);
});
