import { expect, test } from 'vitest';
import { perform } from '../../lake/ask.js';
import { makeRelation } from '../../lake/relation.js';
import { withFolder } from '../support/rows.js';

const types = { x: 'BIGINT' };
const of = (name: string, more: object = {}) => {
  return { name, select: 'select range as x from range(3)', rows: 3, types, ...more };
};

test('few values are a table, many or large ones a view', () =>
  withFolder(async (db) => {
    expect(await makeRelation(db, of('few'))).toBe('table few');
    expect(await makeRelation(db, of('many', { rows: 50_001 }))).toBe('view many');
    const wide = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`c${i}`, 'DOUBLE']));
    expect(await makeRelation(db, of('wide', { rows: 100, types: wide }))).toBe('view wide');
    for (const [name, type] of [
      ['list', 'DOUBLE[]'],
      ['vector', 'FLOAT[3]'],
      ['pair', 'STRUCT(a INTEGER)'],
      ['bytes', 'BLOB'],
    ] as const) {
      expect(await makeRelation(db, of(name, { types: { x: type } }))).toBe(`view ${name}`);
    }
    for (const [name, type] of [
      ['choice', "ENUM('a', 'b')"],
      ['money', 'DECIMAL(18,3)'],
    ] as const) {
      expect(await makeRelation(db, of(name, { types: { x: type } }))).toBe(`table ${name}`);
    }
  }));

test('what fails on a row is a view still, so that the other columns can be asked', () =>
  withFolder(async (db) => {
    const select = `select range as x, (10 - range)::utinyint as y from range(20)`;
    const made = await makeRelation(
      db,
      of('broken', { select, rows: 20, types: { x: '', y: '' } }),
    );
    expect(made).toBe('view broken');
    await perform(db, 'select sum(x) from broken');
    await expect(perform(db, 'select sum(y) from broken')).rejects.toThrow('Conversion');
    await perform(db, `drop ${made}`);
  }));
