import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AbsentLabels, LabelSource } from '../../domain/monitor.js';
import type { FileSource } from '../../domain/source-spec.js';
import { drawWindow } from '../../lake/draw.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { DAY, HOUR } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { once } from '../support/once.js';
import { cellsOf, sumsOf, withFolder } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const everything = { span: null, timezone: 'UTC' };
const within = 30 * HOUR;

/** Times from the start of the window; NaN: one that cannot be read, null: none. */
interface Label {
  at: number | null;
  value: string;
}
/** What came of one customer. */
interface Story {
  predictions: readonly number[];
  labels: readonly Label[];
}

const FIRST = 6 * HOUR;
const SECOND = 9 * HOUR;
const TIMES = [
  ...[FIRST - 1, FIRST, SECOND, SECOND + 1, FIRST + within - 1, FIRST + within],
  ...[SECOND + within - 1, SECOND + within, null, NaN],
];
const LABELS = TIMES.flatMap((at) => ['yes', 'no', 'Yes', ''].map((value) => ({ at, value })));

/** Labels of a time that say something, or try to. */
const SAID = LABELS.filter(({ at, value }) => Number.isFinite(at) && value !== '');

/** No label, each one, and one that says something beside each, in both orders of the file. */
const stories: Story[] = [
  [],
  ...LABELS.map((one) => [one]),
  ...SAID.flatMap((one) => SAID.map((other) => [one, other])),
].map((labels) => ({ predictions: [FIRST, SECOND], labels }));

/** The words of the documentation, prediction by prediction. */
function expected(prediction: number, { labels }: Story, known: number): '1' | '0' | '' {
  const came = labels.flatMap(({ at, value }) => {
    const isThere = at !== null && at >= prediction && at < prediction + within && value !== '';
    return isThere ? [{ at, value }] : [];
  });
  const first = Math.min(...came.map(({ at }) => at));
  if (first > known) return '';
  const values = came.filter(({ at }) => at === first).map(({ value }) => value);
  if (values.includes('no')) return '0';
  return values.includes('yes') ? '1' : '';
}

const iso = (ms: number): string => new Date(start + ms).toISOString();

const timeOf = (at: number | null): string => {
  if (at === null) return '';
  return Number.isNaN(at) ? 'soon' : iso(at);
};

async function csv(folder: string, name: string, lines: readonly string[]): Promise<FileSource> {
  const file = path.join(folder, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return { kind: 'csv', path: file, where: null };
}

interface Tables {
  rows: readonly string[];
  labels: readonly string[];
  spec: Partial<LabelSource>;
  /** From the start of the window. */
  known: number;
}

/** Score → label of each row, what is counted of them, and of the labels. */
async function seen(db: Duck, folder: string, { rows, labels: lines, spec, known }: Tables) {
  const predictions = await csv(folder, 'rows.csv', ['id,shop,who,ts,s,x', ...rows]);
  const from = await csv(folder, 'labels.csv', lines);
  const monitor = monitorOf({
    predictions,
    labels: {
      ...{ name: 'y', from, on: {}, value: 'value', positive: ['yes'], timestamp: 'known' },
      ...{ matureAfter: within, ...spec },
    },
    columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
  });
  const located = await locate(predictions, everything);
  const { grid } = await buildReference(db, { monitor, located });
  const request = {
    ...{ monitor, grid, window: { start, end: start + DAY, weekday: 5 }, at: start + DAY },
    ...{ knownAt: start + known, predictions: located, exact: 'grid' as const, landDir: folder },
    labels: await locate(from, everything),
  };
  const { profile } = await profileWindow(db, request);
  const again = await profileOutcomes(db, request);
  expect(cellsOf(again.outcomes)).toEqual(cellsOf(profile.outcomes));
  expect(again.asked['labels']).toEqual(profile.asked['labels']);
  const drawn = await drawWindow(db, request, { columns: ['x'], most: 20_000 });
  const byScore = drawn.scores.map((one, row) => [Number(one), drawn.labels[row]] as const);
  return {
    labels: Object.fromEntries(byScore),
    outcomes: cellsOf(profile.outcomes),
    asked: sumsOf(profile.asked['labels']),
  };
}

const score = (row: number): number => row / 8192;
const all = stories.flatMap((story, who) => story.predictions.map((at) => ({ story, who, at })));
const rows = all.map(({ who, at }, row) => `${row},a,c${who},${iso(at)},${score(row)},${row % 7}`);
const mature = 4 * DAY;

const ofCustomers = once(() =>
  withFolder(async (db, folder) => {
    const labels = stories.flatMap((story, who) =>
      story.labels.map(({ at, value }) => `c${who},${value},${timeOf(at)}`),
    );
    const given = { rows, labels: ['customer,value,known', ...labels] };
    const spec = { on: { who: 'customer' }, within };
    return {
      late: await seen(db, folder, { ...given, spec, known: mature }),
      early: await seen(db, folder, { ...given, spec, known: SECOND }),
    };
  }),
);

/** Labels at the first instant that any came at, of one prediction. */
function byHand({ story, at }: (typeof all)[number]): Label[] {
  const came = story.labels.filter(
    (one) => one.at !== null && one.at >= at && one.at < at + within && one.value !== '',
  );
  const first = Math.min(...came.map((one) => one.at ?? NaN));
  return came.filter((one) => one.at === first);
}

describe('the first label after a prediction', () => {
  test.each([
    ['late', mature],
    ['early', SECOND],
  ] as const)('is its label, whatever came, and in which order: %s', async (when, known) => {
    const wanted = all.map(({ story, at }, row) => [score(row), expected(at, story, known)]);
    expect((await ofCustomers())[when].labels).toEqual(Object.fromEntries(wanted));
  });

  test('is what a table of labels by id would have said', async () => {
    const byId = all.flatMap((one, row) =>
      byHand(one).map(({ at, value }) => `${row},${value},${timeOf(at)}`),
    );
    const given = { rows, labels: ['key,value,known', ...byId], known: mature };
    const found = await withFolder((db, folder) =>
      seen(db, folder, { ...given, spec: { on: { id: 'key' } } }),
    );
    const { labels, outcomes, asked } = (await ofCustomers()).late;
    expect(outcomes).toEqual(found.outcomes);
    expect(labels).toEqual(found.labels);
    const { joined, met, unread, duplicates, conflicting } = found.asked;
    expect(asked).toMatchObject({ joined, met, unread, duplicates, conflicting });
    expect(conflicting).toBeGreaterThan(0);
  });

  const few = (labels: readonly string[], spec: Partial<LabelSource>, known = mature) =>
    withFolder((db, folder) => {
      const [one, two, next] = [iso(FIRST), iso(SECOND), iso(DAY + HOUR)];
      const rows = [`0,a,p,${one},0.1,0`, `1,a,p,${two},0.2,1`, `2,b,p,${two},0.3,2`];
      rows.push(`3,,p,${two},0.4,0`, `4,a,q,${two},0.6,1`, `5,a,p,${next},0.7,2`);
      return seen(db, folder, {
        rows,
        labels: ['store,customer,value,known', ...labels],
        spec,
        known,
      });
    });
  const both = { on: { shop: 'store', who: 'customer' }, within };

  test('is of the whole entity, where several columns make one', async () => {
    const at = iso(SECOND + 1);
    const { labels, asked } = await few([`a,p,yes,${at}`, `,p,no,${at}`, `b,,no,${at}`], both);
    // half of a key is none
    expect(labels).toEqual({ 0.1: '1', 0.2: '1', 0.3: '', 0.4: '', 0.6: '' });
    expect(asked).toMatchObject({ joined: 2, met: 2, keyless: 2, orphans: 0 });
  });

  test('is told from labels that answer no prediction, of whatever window', async () => {
    const came = [
      // before all of them; the first of two predictions; not the first; of the next window
      ...[FIRST - 1, SECOND, SECOND + 1, DAY + 2 * HOUR].map((at) => `a,p,yes,${iso(at)}`),
      // of nobody, and twice the same
      ...[`c,p,no,${iso(SECOND)}`, `b,p,no,${iso(SECOND)}`, `b,p,no,${iso(SECOND)}`],
    ];
    const { labels, asked } = await few(came, both);
    expect(labels).toEqual({ 0.1: '1', 0.2: '1', 0.3: '0', 0.4: '', 0.6: '' });
    expect(asked).toMatchObject({ labels: 7, joined: 3, orphans: 3, duplicates: 1 });
  });

  test('may be missing, and then a row is negative where the monitor says so', async () => {
    const absent: AbsentLabels = { after: 2 * DAY, whenActed: 'unknown' };
    const came = [`a,p,yes,${iso(SECOND)}`, `a,q,Yes,${iso(SECOND)}`];
    const early = await few(came, { ...both, absent }, 2 * DAY + FIRST);
    expect(early.labels).toEqual({ 0.1: '1', 0.2: '1', 0.3: '', 0.4: '', 0.6: '' });
    const late = await few(came, { ...both, absent });
    // one that came and cannot be read leaves its row unknown, and so does half of a key
    expect(late.labels).toEqual({ 0.1: '1', 0.2: '1', 0.3: '0', 0.4: '', 0.6: '' });
    expect(late.asked).toMatchObject({ joined: 2, absent: 1, unread: 1 });
  });
});
