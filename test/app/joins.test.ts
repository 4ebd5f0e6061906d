import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referenceSpec } from '../../activities/reference.js';
import { shortest, someTeams } from '../support/config.js';
import { unwrapped } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { monitorOf } from '../support/monitor-fixture.js';

/** What validate says of a monitor whose predictions have id, scored_at and x. */
async function validated(joins: string, more: string): Promise<string[]> {
  const text = shortest
    .replace(/^predictions: .*$/m, 'predictions: { from: { path: data/a.csv } }')
    .replace(/reference: .*\n/, `joins: [{ name: other, ${joins} }]\n${more}`);
  return withPlace({}, async (place) => {
    for (const name of ['monitors', 'data']) await mkdir(join(place.folder, name));
    await writeFile(join(place.folder, 'monitors/teams.yaml'), someTeams);
    await writeFile(join(place.folder, 'monitors/churn.yaml'), text);
    await writeFile(join(place.folder, 'data/a.csv'), 'id,scored_at,x\n1,2026-03-01T00:00Z,2\n');
    await writeFile(join(place.folder, 'data/b.csv'), 'key,X,y\n1,2,3\n');
    const lines = unwrapped((await place.cli(['validate'])).out)
      .trim()
      .split('\n');
    return lines.slice(0, -1).map((line) => line.replace(/^monitors\/churn\.yaml:\d+:\d+ /, ''));
  });
}

const from = 'from: { path: data/b.csv }';
const right = `${from}, on: { id: key }, columns: [y]`;

test.each<[string, string, string[]]>([
  [right, 'segments: [{ name: s, by: y }, { name: t, by: "x > y" }]\n', []],
  [
    `${from}, on: { idd: kye }, columns: [z]`,
    '',
    [
      'joins[0].on.idd: expected a column of data/a.csv, got "idd". Did you mean "id"? There are: ' +
        'id, scored_at, x',
      'joins[0].on.idd: expected a column of data/b.csv, got "kye". Did you mean "key"? There ' +
        'are: X, key, y',
      'joins[0].columns[0]: expected a column of data/b.csv, got "z". Did you mean "X"? ' +
        'There are: X, key, y',
    ],
  ],
  [
    `${from}, on: { id: key }`,
    '',
    [
      'joins[0].name: joins.other has a column "X", and the rows have "x"; expected another name, ' +
        'or joins.other.columns without it',
    ],
  ],
  [
    'from: { path: data/b.csv, where: "z > 1" }, on: { id: key }, columns: [y]',
    '',
    [
      'joins[0].from.where: expected an SQL expression over a row, got "z > 1": there is no ' +
        'column "z"',
    ],
  ],
  [
    right,
    'segments: [{ name: s, by: z }]\n',
    [
      'segments[0].by: expected a column of data/a.csv and data/b.csv, got "z". Did you mean ' +
        '"x"? There are: id, scored_at, x, y',
    ],
  ],
])('validate holds %s against the files', async (joins, more, faults) => {
  expect(await validated(joins, more)).toEqual(faults);
});

test('another reference is pinned once something else is joined', () => {
  const file = (path: string) => ({ kind: 'csv' as const, path, where: null });
  const spec = (...keys: string[]): string => {
    const joins = keys.map((id) => ({ name: 'other', from: file('b.csv'), on: { id } }));
    const joined = joins.length === 0 ? {} : { joins };
    return referenceSpec(monitorOf({ predictions: { ...file('a.csv'), ...joined } }));
  };
  expect(spec('key')).toBe(spec('key'));
  expect(new Set([spec(), spec('key'), spec('other')]).size).toBe(3);
});
