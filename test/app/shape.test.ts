import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referenceSpec } from '../../activities/reference.js';
import { notInReference } from '../../app/not-monitored.js';
import { shortest, someTeams } from '../support/config.js';
import { unwrapped } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

/** What validate says of a monitor of these keys over a Parquet file of these rows. */
async function validated(keys: string, rows: string, more = ''): Promise<string[]> {
  const text = shortest
    .replace(/^predictions: .*$/m, `predictions: { from: { path: data/a.parquet }, ${keys} }`)
    .replace(/reference: .*\n/, more);
  return withPlace({}, async (place) => {
    for (const name of ['monitors', 'data']) await mkdir(join(place.folder, name));
    await writeFile(join(place.folder, 'monitors/teams.yaml'), someTeams);
    await writeFile(join(place.folder, 'monitors/churn.yaml'), text);
    await withFolder((db) => writeRows(db, join(place.folder, 'data/a.parquet'), rows));
    const lines = unwrapped((await place.cli(['validate'])).out)
      .trim()
      .split('\n');
    return lines.map((line) => line.replace(/^monitors\/churn\.yaml:\d+:\d+ /, ''));
  });
}

const payload = `select timestamp '2026-03-01' as scored_at, {amount: 5, kind: 'a'} as payload,
  '{"x": 1}' as text, [{id: 1, p: 0.5}] as items`;

const segment = (by: string): string => `segments: [{ name: s, by: "${by}" }]\n`;

test.each<[string, string, string[]]>([
  [`select: { amount: payload.amount, x: "text->>'x'" }`, segment('amount > x'), []],
  ['unnest: items, select: { score: p * 2 }', segment('p > score'), []],
  [
    `select: { amount: payload.amonut, x: "txt->>'x'", n: "count(*)", y: "text, 1" }`,
    '',
    [
      'predictions.select.amount: expected an SQL expression over a row, got "payload.amonut": ' +
        'Could not find key "amonut" in struct',
      `predictions.select.x: expected an SQL expression over a row, got "txt->>'x'": there is no ` +
        'column "txt"',
      'predictions.select.n: expected an SQL expression over a row, got "count(*)": it asks for ' +
        'more than one row',
      'predictions.select.y: expected an SQL expression over a row, got "text, 1": ',
    ],
  ],
  [
    `select: { y: "(select content from read_text('/etc/hostname'))" }`,
    '',
    ['predictions.select.y: expected an SQL expression over a row, got '],
  ],
  ['select: { y: payload.amount }', segment('yy'), ['segments[0].by: expected a column of ']],
  [
    'unnest: item',
    '',
    [
      'predictions.unnest: expected a column of data/a.parquet, got "item". Did you mean ' +
        '"items"? There are: items, payload, scored_at, text',
    ],
  ],
  [
    'unnest: scored_at',
    '',
    ['predictions.unnest: expected a column of lists, got TIMESTAMP as "scored_at"'],
  ],
])('validate holds %s against the files', async (keys, more, faults) => {
  const lines = await validated(keys, payload, more);
  expect(lines).toHaveLength(faults.length + 1);
  for (const [index, fault] of faults.entries()) expect(lines[index]).toContain(fault);
});

test('a field of the name of a column is a fault of the file', async () => {
  const [fault] = await validated('unnest: items', `${payload}, 1 as P`);
  expect(fault).toBe(
    'predictions.unnest: the elements of items have "p", and their rows a column "P"; expected ' +
      'names of their own for the fields',
  );
});

test('check refuses an expression that does not fit, with its key, and says what fed one', async () => {
  await withPlace({}, async (place) => {
    for (const name of ['monitors', 'data']) await mkdir(join(place.folder, name));
    await writeFile(join(place.folder, 'monitors/teams.yaml'), someTeams);
    const monitor = (sql: string) =>
      shortest
        .replace(
          /^predictions: .*$/m,
          `predictions: { from: { path: data/a.parquet }, select: { amount: ${sql} } }`,
        )
        .replace(/reference: .*\n/, 'reference: { drift: { path: data/train.csv } }\n');
    await withFolder((db) => writeRows(db, join(place.folder, 'data/a.parquet'), payload));
    const train = Array.from({ length: 9 }, (_, i) => `${i}\n`).join('');
    await writeFile(join(place.folder, 'data/train.csv'), `amount\n${train}`);
    const check = async (sql: string) => {
      await writeFile(join(place.folder, 'monitors/churn.yaml'), monitor(sql));
      const { out, err } = await place.cli(['check', 'churn', '--as-of', '2026-03-02']);
      return unwrapped(out + err);
    };
    expect(await check('payload.amonut')).toContain(
      'predictions.select.amount: expected an SQL expression over a row, got "payload.amonut"',
    );
    expect(await check('payload.amount')).toContain(
      'not monitored: payload (read by predictions.select)',
    );
  });
});

test('a plan says of a column that others are made of it', () => {
  const from = { kind: 'csv' as const, path: 'a.csv', where: null };
  const select = { amount: "Payload->>'amount'" };
  const monitor = monitorOf({ predictions: { ...from, shape: { select } } });
  expect(notInReference(monitor, ['payload', 'pay', 'amount'], ['amount'])).toBe(
    'not monitored: payload (read by predictions.select), pay (not in the reference)',
  );
});

test('another reference is pinned once columns are made otherwise', () => {
  const spec = (amount?: string): string => {
    const from = { kind: 'csv' as const, path: 'a.csv', where: null };
    const shape = amount === undefined ? {} : { shape: { select: { amount } } };
    return referenceSpec(monitorOf({ predictions: { ...from, ...shape } }));
  };
  expect(spec('a / 100')).toBe(spec('a / 100'));
  expect(new Set([spec(), spec('a / 100'), spec('a / 10')]).size).toBe(3);
});
