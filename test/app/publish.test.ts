import { expect, test } from 'vitest';
import { guessRoles } from '../../app/init.js';
import { differences } from '../../app/publish.js';

test('differences are named by their path, before and after', () => {
  const before = { checks: [{ warn: 0.05 }], tags: ['a'] };
  const after = { checks: [{ warn: 0.1 }], tags: ['a', 'b'] };
  expect(differences(before, after)).toEqual([
    'checks.0.warn: 0.05 → 0.1',
    'tags.1: nothing → "b"',
  ]);
  expect(differences(before, structuredClone(before))).toEqual([]);
});

test('roles are guessed from the types and the names of columns', () => {
  const columns = Object.entries({
    order_id: 'VARCHAR',
    created_on: 'DATE',
    scored_at: 'TIMESTAMP',
    amount: 'DOUBLE',
    fraud_score: 'DOUBLE',
    label: 'BIGINT',
    model_version: 'VARCHAR',
  }).map(([name, type]) => ({ name, type }));
  expect(guessRoles(columns)).toEqual({
    timestamp: 'scored_at',
    id: 'order_id',
    prediction: 'fraud_score',
    label: 'label',
    version: 'model_version',
  });
});

test('what cannot be guessed is null; a text that is called a score is no prediction', () => {
  const columns = [
    { name: 'a', type: 'DOUBLE' },
    { name: 'score', type: 'VARCHAR' },
  ];
  expect(guessRoles(columns)).toEqual({
    timestamp: null,
    id: null,
    prediction: null,
    label: null,
    version: null,
  });
});
