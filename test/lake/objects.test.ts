import { writeFile } from 'node:fs/promises';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical, fingerprint, objectKey, pack, sha256, unpack } from '../../lake/objects.js';
import { withLake } from '../support/lake.js';

test('a fingerprint is the sha256 of the canonical JSON, whatever the order of the keys', () => {
  expect(fingerprint({ b: 1, a: [true, null] })).toBe(sha256('{"a":[true,null],"b":1}'));
  expect(fingerprint({ a: [true, null], b: 1 })).toBe(fingerprint({ b: 1, a: [true, null] }));
  expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: 2 }));
  expect(() => fingerprint(undefined)).toThrow(/Expected data/);
});

const numbers = fc.double();
const leaf = fc.oneof(
  numbers,
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.array(numbers).map((list) => Float64Array.from(list)),
  fc.array(fc.integer()).map((list) => Int32Array.from(list)),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value')), tie('record')),
  record: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    tie('value'),
    { noNullPrototype: true },
  ),
}));

test('any data, with typed arrays, NaN, infinities and -0, comes back exactly', () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(unpack(JSON.parse(canonical(given)))).toStrictEqual(given);
    }),
  );
});

test('a key that marks packed values is refused rather than mistaken', () => {
  expect(() => pack({ $f64: 'x' })).toThrow(/reserved/);
  expect(() => canonical({ a: [{ $i32: 'x' }] })).toThrow(/reserved/);
  expect(unpack(pack({ $f64: 'x', other: 1 }))).toEqual({ $f64: 'x', other: 1 });
});

test('an object is stored once under its fingerprint and read by it', () =>
  withLake(async (lake) => {
    const reference = { grid: { id: 'g' }, counts: Float64Array.of(1, NaN, -0) };
    const hash = await lake.putObject('reference', reference);
    expect(await lake.putObject('reference', reference)).toBe(hash);
    expect(hash).toBe(fingerprint(reference));
    expect(await lake.getObject('reference', hash)).toStrictEqual(reference);
    expect(await lake.store.list('objects/')).toEqual([`objects/reference/${hash}.json`]);
    await expect(lake.getObject('monitor', hash)).rejects.toThrow(/holds no monitor/);
    await expect(lake.getObject('monitor', '../x')).rejects.toThrow(/64 hex digits/);
  }));

test('a damaged document is named with its key', () =>
  withLake(async (lake) => {
    const hash = await lake.putObject('monitor', { a: 1 });
    await writeFile(lake.store.location(objectKey('monitor', hash)), '{"a":');
    await expect(lake.getObject('monitor', hash)).rejects.toThrow(
      `objects/monitor/${hash}.json is not JSON`,
    );
  }));

test('canonical JSON orders keys by their UTF-16 units and refuses what is no data', () => {
  expect(canonical({ '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5 })).toBe(
    '{"\\r":2,"1":4,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  );
  expect(canonical({ a: ['\ud800'] })).toBe('{"a":["\\ud800"]}');
  expect(() => canonical(() => 1)).toThrow(/type function/);
  expect(() => canonical({ a: [1n] })).toThrow(/type bigint/);
});

test('canonical JSON is what another implementation of RFC 8785 writes', () => {
  const keys = fc.oneof(fc.string({ unit: 'grapheme' }), fc.nat().map(String));
  const json = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 });
  fc.assert(
    fc.property(fc.dictionary(keys, json), (given) => {
      expect(canonical(given)).toBe(canonicalize(pack(given)));
    }),
  );
});
