import { format } from 'oxfmt';
import { expect, test } from 'vitest';
import { exampleMonitor } from '../../config/example.js';
import { knownChecks } from '../../config/known-checks.js';
import { jsonSchemaOf, knownKeys } from '../../config/known-keys.js';
import { monitorSchema } from '../../config/monitor.js';
import { monitorJsonSchema } from '../../config/schema.js';

test('the published schema is the one that the code speaks', async () => {
  const text = JSON.stringify(monitorJsonSchema());
  const { code } = await format('monitor.schema.json', text, { printWidth: 100 });
  // `vitest run test/config/schema.test.ts -u` writes it anew.
  await expect(code).toMatchFileSnapshot('../../schema/monitor.schema.json');
});

test('every key of the full example is in the schema, and nothing else', () => {
  const schema = jsonSchemaOf(monitorSchema(knownChecks));
  const missed: string[] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const known = knownKeys(schema, exampleMonitor, path);
    for (const [key, child] of Object.entries(value)) {
      const isNamed = known.length > 0 && !Array.isArray(value);
      if (isNamed && !known.includes(key)) missed.push([...path, key].join('.'));
      walk(child, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk(exampleMonitor, []);
  expect(missed).toEqual([]);
  expect(knownKeys(schema, exampleMonitor, [])).toEqual(Object.keys(exampleMonitor));
});

test('every check may be named, with its own keys', () => {
  const schema = jsonSchemaOf(monitorSchema(knownChecks));
  for (const { name } of knownChecks.checks) {
    const value = { checks: [{ check: name }] };
    expect(knownKeys(schema, value, ['checks', 0])).toContain('min_rows');
  }
  expect(knownKeys(schema, { checks: [{ check: 'gone' }] }, ['checks', 0])).toEqual([]);
});
