import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEWEST } from '../../lake/compact.js';
import type { Duck } from '../../lake/duck.js';
import type { Lake } from '../../lake/lake.js';
import type { MergeManifest } from '../../lake/manifest.js';
import { getJson } from '../../lake/store.js';
import { DAY, evaluate, evaluation, HOUR, withLakeAndDuck } from '../support/lake.js';

const parquet = async (lake: Lake, prefix: string) => (await lake.store.list(prefix)).length;

async function hours(lake: Lake, db: Duck, from: number, to: number): Promise<void> {
  for (let hour = from; hour <= to; hour++) await evaluate(lake, db, evaluation(hour * HOUR));
}

/** All that a reader can ask: lines of findings and whole evaluations of every revision. */
async function readAll(lake: Lake) {
  const commits = await lake.revisionsOf('churn');
  return {
    findings: await lake.findingsOf('churn'),
    evaluations: await lake.readEvaluations(commits.map(({ file }) => file)),
  };
}

test('a day that is over becomes one file, and its files go a day later', () =>
  withLakeAndDuck(async (lake, db) => {
    // Ends 01:00 to 23:00 of the first day, 00:00 to 03:00 of the second.
    await hours(lake, db, 1, 27);
    const before = await readAll(lake);
    const now = DAY + 4 * HOUR;
    expect(await lake.compact('churn', now)).toEqual({ merged: 23, deleted: 0 });
    expect(await parquet(lake, 'merged/churn/1970-01-01-')).toBe(1);
    expect(await parquet(lake, 'evaluations/')).toBe(27);
    expect(await readAll(lake)).toStrictEqual(before);
    expect(await lake.verify()).toMatchObject({ problems: [], harmless: [] });
    expect(await lake.compact('churn', now + DAY - 1)).toEqual({ merged: 0, deleted: 0 });
    expect(await lake.compact('churn', now + DAY)).toEqual({ merged: 0, deleted: 23 });
    expect(await parquet(lake, 'evaluations/')).toBe(4);
    expect(await readAll(lake)).toStrictEqual(before);
    expect(await lake.compact('churn', now + DAY)).toEqual({ merged: 0, deleted: 0 });
    expect(await lake.verify()).toMatchObject({ problems: [], harmless: [] });
  }));

test('a month that is over becomes one file of its days and its later revisions', () =>
  withLakeAndDuck(async (lake, db) => {
    const days = FEWEST + 1;
    for (let day = 1; day <= days; day++) await evaluate(lake, db, evaluation(day * DAY));
    expect(await lake.compact('churn', 20 * DAY)).toEqual({ merged: 0, deleted: 0 });
    const february = 31 * DAY;
    expect(await lake.compact('churn', february)).toEqual({ merged: days, deleted: 0 });
    expect(await lake.compact('churn', february + DAY)).toEqual({ merged: 0, deleted: days });
    for (let day = 1; day < FEWEST; day++) {
      await evaluate(lake, db, evaluation(day * DAY, { revision: 2 }));
    }
    const before = await readAll(lake);
    expect(before.evaluations).toHaveLength(days + FEWEST - 1);
    // The month's file and one less than a merge is worth.
    expect(await lake.compact('churn', february + 2 * DAY)).toEqual({ merged: FEWEST, deleted: 0 });
    expect(await readAll(lake)).toStrictEqual(before);
    expect(await lake.compact('churn', february + 3 * DAY)).toEqual({ merged: 0, deleted: FEWEST });
    expect(await readAll(lake)).toStrictEqual(before);
    expect(await parquet(lake, 'merged/')).toBe(1);
    expect(await parquet(lake, 'evaluations/')).toBe(0);
    const manifest = await getJson<MergeManifest>(lake.store, 'manifests/churn/1970-01');
    expect(manifest?.merged.map(({ holds }) => holds.length)).toEqual([days + FEWEST - 1]);
    expect(manifest?.retired).toEqual([]);
    expect(await lake.verify()).toMatchObject({ problems: [], harmless: [] });
  }));

test('attempts without a commit are not merged', () =>
  withLakeAndDuck(async (lake, db) => {
    await hours(lake, db, 1, 10);
    const orphan = await lake.writeEvaluation(db, evaluation(5 * HOUR, { error: 'late' }), 'a2');
    expect(await lake.compact('churn', 2 * DAY)).toEqual({ merged: 10, deleted: 0 });
    await lake.compact('churn', 3 * DAY);
    expect(await lake.store.list('evaluations/')).toEqual([orphan]);
  }));

test('two compactions at once lose nothing and count nothing twice', () =>
  withLakeAndDuck(async (lake, db) => {
    await hours(lake, db, 1, 12);
    const before = await readAll(lake);
    await Promise.all([lake.compact('churn', 2 * DAY), lake.compact('churn', 2 * DAY)]);
    expect(await readAll(lake)).toStrictEqual(before);
    await lake.compact('churn', 4 * DAY);
    expect(await readAll(lake)).toStrictEqual(before);
    expect((await lake.verify()).problems).toEqual([]);
  }));

test('readers see every row once at every moment of a compaction', () =>
  withLakeAndDuck(async (lake, db) => {
    await hours(lake, db, 1, 12);
    const expected = (await lake.findingsOf('churn')).length;
    const state = { done: false };
    const compaction = (async () => {
      await lake.compact('churn', 2 * DAY);
      await lake.compact('churn', 3 * DAY - 1);
      state.done = true;
    })();
    while (!state.done) expect(await lake.findingsOf('churn')).toHaveLength(expected);
    await compaction;
  }));

test('whatever is committed, and whenever it is compacted, queries give the same', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: fc.record({ commit: fc.integer({ min: 1, max: 48 }) }) },
          { weight: 1, arbitrary: fc.record({ compact: fc.constantFrom(1, 2, 3, 4, 32, 34) }) },
        ),
        { minLength: 15, maxLength: 30 },
      ),
      (steps) =>
        withLakeAndDuck(async (lake, db) => {
          let today = 0;
          for (const step of steps) {
            if ('commit' in step) {
              const end = step.commit * HOUR;
              const revision = ((await lake.commitOf('churn', end))?.revision ?? 0) + 1;
              await evaluate(lake, db, evaluation(end, { revision }));
              continue;
            }
            const before = await readAll(lake);
            today = Math.max(today, step.compact * DAY);
            await lake.compact('churn', today);
            expect(await readAll(lake)).toStrictEqual(before);
          }
          const before = await readAll(lake);
          await lake.compact('churn', 100 * DAY);
          await lake.compact('churn', 102 * DAY);
          expect(await readAll(lake)).toStrictEqual(before);
          expect((await lake.verify()).problems).toEqual([]);
        }),
    ),
    { numRuns: 3 },
  ));
