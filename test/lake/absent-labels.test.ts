import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { labelCounts } from '../../checks/outcomes.js';
import { addCounts } from '../../domain/adding.js';
import type { ActionColumns } from '../../domain/action.js';
import type { AbsentLabels } from '../../domain/monitor.js';
import type { FileSource } from '../../domain/source-spec.js';
import type { Duck } from '../../lake/duck.js';
import { drawWindow } from '../../lake/draw.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import type { ProfileRequest } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { DAY, HOUR } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { once } from '../support/once.js';
import { cellsOf, sumsOf, withFolder } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const everything = { span: null, timezone: 'UTC' };
const after = 3 * DAY;

/** What comes for a row: value and time of a label; null: nothing. */
const LABELS = {
  none: null,
  positive: ['fraud', '2026-01-03'],
  negative: ['fine', '2026-01-03'],
  unread: ['Fraud', '2026-01-03'],
  untimed: ['fraud', 'soon'],
  timeless: ['fraud', ''],
  blank: ['', '2026-01-03'],
  later: ['fraud', '2026-03-01'],
} as const;
const AGES = { old: '2026-01-02T00:00:00Z', young: '2026-01-02T12:00:00Z' } as const;
const DECISIONS = ['block', 'challenge', 'allow', ''] as const;

interface Row {
  label: keyof typeof LABELS;
  age: keyof typeof AGES;
  decision: (typeof DECISIONS)[number];
}

const rows = (Object.keys(LABELS) as Row['label'][]).flatMap((label) =>
  (Object.keys(AGES) as Row['age'][]).flatMap((age) =>
    DECISIONS.map((decision): Row => ({ label, age, decision })),
  ),
);

const action: ActionColumns = {
  ...{ column: 'd', wouldAct: null, explored: null },
  ...{ censors: ['block'], alters: ['challenge'] },
};

interface Of {
  absent: AbsentLabels | null;
  action: ActionColumns | null;
  /** From the start of the window. */
  known: number;
}

/** The words of the documentation, row by row. */
function expected({ label, age, decision }: Row, of: Of): '1' | '0' | '' {
  const isMature = of.known >= DAY + after;
  const isOut = of.absent?.whenActed === 'unknown' && of.action !== null && decision !== 'allow';
  if (isOut) return '';
  if (label === 'positive' || (label === 'timeless' && isMature)) return '1';
  if (label === 'negative') return '0';
  const isSilent = label === 'none' || label === 'blank' || label === 'later';
  const isRipe = of.known - (age === 'old' ? 0 : 12 * HOUR) >= after;
  return isSilent && isRipe && of.absent !== null ? '0' : '';
}

async function csv(folder: string, name: string, lines: readonly string[]): Promise<FileSource> {
  const file = path.join(folder, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return { kind: 'csv', path: file, where: null };
}

const looks = {
  unknown: { absent: { after, whenActed: 'unknown' }, action, known: after + 6 * HOUR },
  'unknown, mature': { absent: { after, whenActed: 'unknown' }, action, known: DAY + after },
  negative: { absent: { after, whenActed: 'negative' }, action, known: after + 6 * HOUR },
  'no action': { absent: { after, whenActed: 'unknown' }, action: null, known: after },
  'too early': { absent: { after, whenActed: 'negative' }, action, known: after - 1 },
  'not said': { absent: null, action, known: DAY + after },
} satisfies Record<string, Of>;
type Look = keyof typeof looks;

/** What becomes of the rows in every look, and of one without half of its key. */
const counted = once(() =>
  withFolder(async (db, folder) => {
    const predictions = await csv(folder, 'rows.csv', [
      'id,ref,ts,s,d,x,g',
      ...rows.map(({ age, decision }, id) => {
        return `${id},k${id},${AGES[age]},${id / 128},${decision},${id},${id % 2}`;
      }),
      `999,,${AGES.old},0.99,allow,0,0`,
    ]);
    const from = await csv(folder, 'labels.csv', [
      'key,half,value,known',
      ...rows.flatMap(({ label }, id) => {
        const came = LABELS[label];
        return came === null ? [] : [`k${id},${id % 2},${came.join(',')}`];
      }),
    ]);
    const located = await locate(predictions, everything);
    const labels = await locate(from, everything);
    const monitor = (of: Of) =>
      monitorOf({
        predictions,
        labels: {
          ...{
            name: 'y',
            from,
            on: { ref: 'key', g: 'half' },
            value: 'value',
            positive: ['fraud'],
          },
          ...{ timestamp: 'known', matureAfter: after, ...(of.absent && { absent: of.absent }) },
        },
        segments: [{ name: 'half', by: 'g', top: 2, minRows: 1 }],
        columns: {
          prediction: { kind: 'probability', column: 's', threshold: 0.5 },
          ...(of.action && { action: of.action }),
        },
      });
    const { grid } = await buildReference(db, { monitor: monitor(looks.unknown), located });
    const window = { start, end: start + DAY, weekday: 5 };
    const found: Partial<Record<Look, Awaited<ReturnType<typeof seen>>>> = {};
    for (const [name, of] of Object.entries(looks)) {
      const known = { at: window.end, knownAt: start + of.known };
      const request = { monitor: monitor(of), grid, window, ...known, landDir: folder };
      const sources = { predictions: located, labels, exact: 'grid' as const };
      found[name as Look] = await seen(db, { ...request, ...sources });
    }
    return found as Required<typeof found>;
  }),
);

/** Score → label of each row, and what is counted of them. */
async function seen(db: Duck, request: ProfileRequest & { landDir: string }) {
  const { profile, slices, labels: manifest } = await profileWindow(db, request);
  const again = await profileOutcomes(db, request);
  expect(cellsOf(again.outcomes)).toEqual(cellsOf(profile.outcomes));
  expect(again.asked['labels']).toEqual(profile.asked['labels']);
  const drawn = await drawWindow(db, request, { columns: ['x'], most: rows.length + 1 });
  const byLabel = labelCounts(profile.outcomes ?? { by: {}, sums: {} });
  const parts = addCounts(slices.flatMap(({ outcomes }) => outcomes ?? []));
  expect(labelCounts(parts)).toEqual(byLabel);
  const labels = drawn.scores.map((one, row) => [Number(one), drawn.labels[row]] as const);
  const asked = sumsOf(profile.asked['labels']);
  return { ...{ byLabel, asked }, labels: Object.fromEntries(labels), joined: manifest?.rows };
}

describe('a row without a label', () => {
  test.each(Object.entries(looks))('is what the monitor says: %s', async (name, of: Of) => {
    const found = (await counted())[name as Look];
    const wanted = Object.fromEntries(rows.map((row, id) => [id / 128, expected(row, of)]));
    // no label can be found without the whole key: that there is none says nothing
    expect(found.labels).toEqual({ ...wanted, 0.99: '' });
    const own = Object.values(found.labels);
    for (const label of ['1', '0']) {
      expect(found.byLabel.get(label) ?? 0).toBe(own.filter((one) => one === label).length);
    }
  });

  test('is counted apart from labels that came, and so are those of rows acted on', async () => {
    const { 'unknown, mature': found, 'not said': plain } = await counted();
    // allowed rows of both ages: positive, negative and timeless labels; none, blank, later
    expect(found.asked).toMatchObject({ joined: 3 * 2, absent: 3 * 2, orphans: 0 });
    // the same labels of rows that were blocked, challenged, or nobody knows
    expect(found.asked).toMatchObject({ aside: 3 * 2 * 3 });
    expect(found.joined).toBe(3 * 2);
    expect(Object.keys(plain.asked)).not.toContain('absent');
    expect(plain.asked['joined']).toBe(3 * 2 * 4);
  });
});
