import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headNames } from '../../lake/heads.js';
import { withLake } from '../support/lake.js';

test('writers of different fields at the same time all keep theirs', () =>
  withLake(async (lake) => {
    const fields = Array.from({ length: 20 }, (_, i) => `f${i}`);
    type Fields = Record<string, number>;
    await Promise.all(
      fields.map((field, i) =>
        lake.updateHead<Fields>('model/churn', (old) => ({ ...old, [field]: i })),
      ),
    );
    const expected = Object.fromEntries(fields.map((field, i) => [field, i]));
    expect(await lake.readHead('model/churn')).toEqual(expected);
  }));

test('a counter that many raise at the same time misses none', () =>
  withLake(async (lake) => {
    const raise = () => lake.updateHead<{ n: number }>('a/b', (old) => ({ n: (old?.n ?? 0) + 1 }));
    await Promise.all(Array.from({ length: 15 }, raise));
    expect(await lake.readHead('a/b')).toEqual({ n: 15 });
  }));

test('a change that changes nothing writes nothing, and a change that throws neither', () =>
  withLake(async (lake) => {
    await lake.updateHead('a/b', () => ({ x: 1 }));
    const before = await lake.store.get('heads/a/b');
    await lake.updateHead('a/b', (old) => old);
    await expect(
      lake.updateHead('a/b', () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await lake.store.get('heads/a/b'))?.etag).toBe(before?.etag);
  }));

test('whatever the order of arrival, the head of the highest sequence stands, the first of it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (sequences, together) =>
        withLake(async (lake) => {
          const put = (sequence: number, i: number) =>
            lake.putEntityHead('alert/churn/drift', sequence, `${sequence}:${i}`);
          if (together) await Promise.all(sequences.map(put));
          else for (const [i, sequence] of sequences.entries()) await put(sequence, i);
          const highest = Math.max(...sequences);
          const head = (await lake.readEntityHead<string>('alert/churn/drift')) ?? '';
          expect(Number(head.split(':')[0])).toBe(highest);
          if (!together) expect(head).toBe(`${highest}:${sequences.indexOf(highest)}`);
        }),
    ),
    { numRuns: 25 },
  ));

test('a late repeat of an older head changes nothing and says so', () =>
  withLake(async (lake) => {
    expect(await lake.putEntityHead('alert/churn/drift', 2, 'new')).toBe(true);
    expect(await lake.putEntityHead('alert/churn/drift', 1, 'old')).toBe(false);
    expect(await lake.putEntityHead('alert/churn/drift', 2, 'again')).toBe(false);
    expect(await lake.readEntityHead('alert/churn/drift')).toBe('new');
    expect(await lake.readEntityHead('alert/churn/kpi')).toBeNull();
  }));

test('lists give the heads of one kind by name', () =>
  withLake(async (lake) => {
    for (const entity of ['alert/b/kpi', 'alert/a/drift', 'alert/a-b/drift', 'retrain/a']) {
      await lake.putEntityHead(entity, 1, entity);
    }
    const entities = async (prefix: string) =>
      (await lake.listEntityHeads(prefix)).map(({ entity }) => entity);
    expect(await entities('alert/')).toEqual(['alert/a-b/drift', 'alert/a/drift', 'alert/b/kpi']);
    expect(await entities('alert/a/')).toEqual(['alert/a/drift']);
    expect(await headNames(lake.store, '')).toHaveLength(4);
    expect(await lake.listModelHeads()).toEqual([]);
  }));
