import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { ModelHead } from '../../domain/model.js';
import type { Duck } from '../../lake/duck.js';
import { folderStore } from '../../lake/folder.js';
import type { Lake } from '../../lake/lake.js';
import { verifyLake } from '../../lake/verify.js';
import { commitFor, DAY, evaluate, evaluation, withLakeAndDuck } from '../support/lake.js';

const head = (part: Partial<ModelHead>): ModelHead => ({
  model: 'churn',
  monitor: 'none',
  since: 0,
  appliedAt: 0,
  watermark: 3 * DAY,
  matureWatermark: null,
  failed: [],
  windows: [],
  advice: null,
  reference: null,
  lastRunAt: null,
  paused: null,
  notEvaluated: 0,
  rings: 'daily',
  retiredAt: null,
  ...part,
});

/** Three days of churn, an object, a head, an audit record, a delivery. */
async function fill(lake: Lake, db: Duck): Promise<void> {
  for (const day of [1, 2, 3]) await evaluate(lake, db, evaluation(day * DAY));
  await evaluate(lake, db, evaluation(2 * DAY, { revision: 2 }));
  await lake.updateHead('model/churn', () => head({}));
  await lake.putEntityHead('retrain/churn', 1, {});
  const actor = { id: 'ana', via: 'cli' as const, verified: false };
  const what = { action: 'ack', subject: 's', reason: null, evidence: null };
  await lake.appendAudit({ entity: 'retrain/churn', sequence: 1, at: 1, actor, ...what });
}

const problemsOf = async (lake: Lake) => (await lake.verify()).problems;

test('a sound lake has no problems and nothing that lies about', () =>
  withLakeAndDuck(async (lake, db) => {
    expect(await problemsOf(lake)).toEqual([]);
    await fill(lake, db);
    expect(await lake.verify()).toEqual({
      problems: [],
      harmless: [],
      counts: { models: 1, windows: 3, commits: 4, objects: 1, heads: 2, audited: 1 },
    });
  }));

test('a committed file that is gone, cut or changed is a problem', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const [first, second, third] = await lake.commitsOf('churn');
    await rm(lake.store.location(first?.file ?? ''));
    const cut = lake.store.location(second?.file ?? '');
    await writeFile(cut, (await readFile(cut)).subarray(0, 200));
    const other = await lake.writeEvaluation(db, evaluation(3 * DAY, { error: 'other' }), 'a9');
    const changed = lake.store.location(third?.file ?? '');
    await writeFile(changed, await readFile(lake.store.location(other)));
    const problems = await problemsOf(lake);
    expect(problems.map(({ key }) => key)).toEqual([first?.file, second?.file, third?.file]);
    expect(problems[0]?.problem).toMatch(/is missing/);
  }));

test('a value that was changed inside a readable file does not match the key', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const [first] = await lake.commitsOf('churn');
    const path = lake.store.location(first?.file ?? '');
    await db.use((connection) =>
      connection.run(
        `copy (select * replace (case when kind = 'counts' then list_transform(sum_n, x -> x + 1) end
           as sum_n) from read_parquet('${path}')) to '${path}.new' (format parquet)`,
      ),
    );
    await writeFile(path, await readFile(`${path}.new`));
    await rm(`${path}.new`);
    expect(await problemsOf(lake)).toEqual([
      { key: first?.file, problem: 'its content is not what was written' },
    ]);
  }));

test('a missing revision is a problem', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const made = evaluation(DAY, { revision: 3 });
    await evaluate(lake, db, made);
    expect(await problemsOf(lake)).toEqual([
      {
        key: 'commits/churn/19700102T000000Z-3.json',
        problem: 'revision 3 follows revision 1',
      },
    ]);
  }));

test('a commit under a wrong name, one that is no JSON and a stranger are problems', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const folder = lake.store.location('commits/churn');
    const text = await readFile(`${folder}/19700102T000000Z-1.json`);
    await writeFile(`${folder}/19700105T000000Z-1.json`, text);
    await writeFile(`${folder}/19700106T000000Z-1.json`, '{');
    await writeFile(`${folder}/notes.txt`, '');
    const problems = (await problemsOf(lake)).map(({ problem }) => problem);
    expect(problems).toEqual([
      'it holds the commit of churn@1970-01-02T00:00:00Z/1',
      expect.stringMatching(/is not JSON/),
      expect.stringMatching(/not the name of a commit/),
    ]);
  }));

test('an object that was changed, and one that a commit names and nobody has, are problems', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const [key = ''] = await lake.store.list('objects/');
    await writeFile(lake.store.location(key), '{"id":"other"}');
    expect(await problemsOf(lake)).toEqual([
      { key, problem: 'its content does not match its fingerprint' },
    ]);
    await rm(lake.store.location(key));
    expect((await problemsOf(lake))[0]).toEqual({
      key,
      problem: 'missing; churn@1970-01-02T00:00:00Z/1 names it',
    });
  }));

test('a watermark over windows without a commit is a problem, unless they were counted', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const expected = (_: string, from: number, to: number) =>
      [1, 2, 3, 4, 5].map((day) => day * DAY).filter((end) => end > from && end <= to);
    const problems = async (part: Partial<ModelHead>) => {
      await lake.updateHead('model/churn', () => head(part));
      return (await lake.verify({ expected })).problems.map(({ problem }) => problem);
    };
    expect(await problems({ watermark: 3 * DAY })).toEqual([]);
    expect(await problems({ watermark: 5 * DAY })).toEqual([
      '2 windows up to the watermark have no commit, 0 are counted as not evaluated; ' +
        'the first is 1970-01-05T00:00:00Z',
    ]);
    expect(await problems({ watermark: 5 * DAY, notEvaluated: 2 })).toEqual([]);
    const failed = [{ end: 4 * DAY, bell: 1 }];
    expect(await problems({ watermark: 5 * DAY, notEvaluated: 1, failed })).toEqual([]);
    const counts = { ok: 1, warn: 0, alert: 0, unknown: 0 };
    const line = { end: 3 * DAY, revision: 2, verdict: 'ok' as const, counts, rows: 1 };
    expect(await problems({ windows: [line] })).toEqual([
      'it shows 1970-01-04T00:00:00Z/2, which has no commit',
    ]);
  }));

test('what others write meanwhile is no problem', () =>
  withLakeAndDuck(async (lake, db, root) => {
    await fill(lake, db);
    const store = folderStore(root);
    let day = 3;
    // As a worker does that commits a window just after the commits were listed.
    const beside: typeof store = {
      ...store,
      list: async (prefix) => {
        const keys = await store.list(prefix);
        if (prefix === 'commits/') {
          const { window, revision } = await evaluate(lake, db, evaluation(++day * DAY));
          const counts = { ok: 1, warn: 0, alert: 0, unknown: 0 };
          const line = { end: window.end, revision, verdict: 'ok' as const, counts, rows: 1 };
          await lake.updateHead('model/churn', () => head({ windows: [line] }));
        }
        return keys;
      },
    };
    expect((await verifyLake({ store: beside, db })).problems).toEqual([]);
  }));

test('a head under a wrong name and a broken audit chain are problems', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    await lake.updateHead('model/other', () => head({}));
    await writeFile(lake.store.location('audit/retrain/churn/00000001.json'), '{}');
    expect(await problemsOf(lake)).toEqual([
      { key: 'heads/model/other', problem: 'it is the head of model/churn' },
      { key: 'audit of retrain/churn, 1', problem: 'the record cannot be read' },
    ]);
  }));

test('rows that an evaluation names must be there', () =>
  withLakeAndDuck(async (lake, db) => {
    const file = await lake.store.scratch();
    await writeFile(file, 'rows');
    const landed = await lake.putRows(evaluation(DAY), file);
    const manifest = { files: [], predicate: 'all', rows: 1, landed };
    await evaluate(lake, db, evaluation(DAY, { manifest }));
    expect(await lake.verify()).toMatchObject({ problems: [], harmless: [] });
    await lake.store.remove(landed);
    expect((await problemsOf(lake)).map(({ key }) => key)).toEqual([landed]);
  }));

test('what a kill leaves is harmless, and is removed once it is a day old', () =>
  withLakeAndDuck(async (lake, db) => {
    await fill(lake, db);
    const orphan = await lake.writeEvaluation(db, evaluation(9 * DAY), 'a1');
    await writeFile(await lake.store.scratch(), 'half');
    const report = await lake.verify();
    expect(report.problems).toEqual([]);
    expect(report.harmless.map(({ what }) => what)).toEqual([
      'unfinished file',
      'attempt without a commit',
    ]);
    const now = Date.now();
    expect(await lake.gc(report, now)).toEqual([]);
    await utimes(lake.store.location(orphan), now / 1000 - 86_401, now / 1000 - 86_401);
    const later = await lake.verify();
    expect((await lake.gc(later, now)).map(({ key }) => key)).toEqual([orphan]);
    expect((await lake.verify()).harmless).toHaveLength(1);
    expect(await readdir(lake.root)).not.toContain('9');
  }));

test('nothing is removed from a lake with problems', () =>
  withLakeAndDuck(async (lake, db) => {
    await lake.commit(commitFor(evaluation(DAY), 'evaluations/churn/x/gone.parquet'));
    await lake.writeEvaluation(db, evaluation(9 * DAY), 'a1');
    const report = await lake.verify();
    expect(report.harmless).toHaveLength(1);
    expect(await lake.gc(report, Date.now() + 9 * DAY)).toEqual([]);
  }));
