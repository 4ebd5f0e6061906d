import fs, { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { folderStore } from '../../lake/folder.js';
import {
  decodeEntity,
  decodeName,
  encodeEntity,
  encodeName,
  windowName,
  windowOfName,
} from '../../lake/store.js';
import { withFolder } from '../support/lake.js';

const text = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString();

test('a document is put once: the second put is refused and changes nothing', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    expect(await store.putIfAbsent('a/b.json', 'first')).toBe(true);
    expect(await store.putIfAbsent('a/b.json', 'second')).toBe(false);
    expect(text((await store.get('a/b.json'))?.body)).toBe('first');
    expect(await readdir(path.join(folder, 'a'))).toEqual(['b.json']);
  }));

test('of twenty puts at the same time exactly one wins, and its body stands', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    const puts = Array.from({ length: 20 }, (_, i) => store.putIfAbsent('x/y', `body ${i}`));
    const won = (await Promise.all(puts)).flatMap((did, i) => (did ? [`body ${i}`] : []));
    expect(won).toHaveLength(1);
    expect(text((await store.get('x/y'))?.body)).toBe(won[0]);
  }));

test('what is not there is null, in a folder that is not there either', () =>
  withFolder(async (folder) => {
    const store = folderStore(path.join(folder, 'none'));
    expect(await store.get('a/b')).toBeNull();
    expect(await store.list('')).toEqual([]);
    expect(await store.leftovers()).toEqual([]);
    expect(await store.modified('a/b')).toBeNull();
    await store.remove('a/b');
  }));

test('a local file is moved in, and is gone whether the key was free or taken', () =>
  withFolder(async (folder) => {
    const store = folderStore(path.join(folder, 'lake'));
    const first = await store.scratch();
    await writeFile(first, 'one');
    expect(await store.putFileIfAbsent('rows/a', first)).toBe(true);
    const second = path.join(folder, 'elsewhere');
    await writeFile(second, 'two');
    expect(await store.putFileIfAbsent('rows/a', second)).toBe(false);
    expect(text((await store.get('rows/a'))?.body)).toBe('one');
    await expect(stat(first)).rejects.toThrow('ENOENT');
    await expect(stat(second)).rejects.toThrow('ENOENT');
    await expect(store.putFileIfAbsent('rows/b', second)).rejects.toThrow('is not there');
  }));

test('a list is sorted, has every replaceable document once, and no temporary file', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    await store.putIfAbsent('b/2.json', '');
    await store.putIfAbsent('b/1.json', '');
    await store.putIfAbsent('a', '');
    await store.replaceIf('heads/model/x', null, 'h1');
    await store.replaceIf('heads/model/x', '1', 'h2');
    await writeFile(await store.scratch(), 'half');
    expect(await store.list('')).toEqual(['a', 'b/1.json', 'b/2.json', 'heads/model/x']);
    expect(await store.list('b/1')).toEqual(['b/1.json']);
    expect(await store.list('b/')).toEqual(['b/1.json', 'b/2.json']);
    expect(await store.list('he')).toEqual(['heads/model/x']);
    expect((await store.leftovers()).map(({ key }) => key)).toHaveLength(1);
  }));

test('a replace succeeds only over the state that it was read in', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    expect(await store.replaceIf('h', null, 'one')).toBe(true);
    expect(await store.replaceIf('h', null, 'other')).toBe(false);
    const read = await store.get('h');
    expect(await store.replaceIf('h', read?.etag ?? null, 'two')).toBe(true);
    expect(await store.replaceIf('h', read?.etag ?? null, 'other')).toBe(false);
    expect(text((await store.get('h'))?.body)).toBe('two');
  }));

/** Makes every generation look as if it had been written half an hour ago. */
async function age(folder: string): Promise<void> {
  const then = Date.now() / 1000 - 1800;
  for (const name of await readdir(folder)) await fs.utimes(path.join(folder, name), then, then);
}

test('generations go once they are old, and a stale writer loses all the same', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    const generations = path.join(folder, 'h');
    await store.replaceIf('h', null, '1');
    for (let n = 1; n < 6; n++) await store.replaceIf('h', String(n), String(n + 1));
    expect(await readdir(generations)).toHaveLength(6);
    await age(generations);
    expect(await store.replaceIf('h', '6', '7')).toBe(true);
    expect((await readdir(generations)).sort()).toEqual(['6', '7']);
    expect(await store.replaceIf('h', '2', 'stale')).toBe(false);
    // One that was killed after its link, before it could take it back.
    await writeFile(path.join(generations, '3'), 'stale');
    expect(text((await store.get('h'))?.body)).toBe('7');
  }));

test('a writer that slept until its generation was cleaned away takes its state back', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    await store.replaceIf('h', null, '1');
    const link = fs.link;
    const clock = vi.spyOn(Date, 'now');
    const spy = vi.spyOn(fs, 'link').mockImplementationOnce(async (from, to) => {
      spy.mockRestore();
      for (let n = 1; n < 4; n++) await store.replaceIf('h', String(n), String(n + 1));
      await age(path.join(folder, 'h'));
      await store.replaceIf('h', '4', '5');
      const later = Date.now() + 1_800_000;
      clock.mockImplementation(() => later);
      await link(from, to);
    });
    expect(await store.replaceIf('h', '1', 'overtaken')).toBe(false);
    clock.mockRestore();
    expect(text((await store.get('h'))?.body)).toBe('5');
    expect((await readdir(path.join(folder, 'h'))).sort()).toEqual(['4', '5']);
  }));

test('a writer whose state was built upon before it looked again has written it', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    await store.replaceIf('h', null, '1');
    const link = fs.link;
    const spy = vi.spyOn(fs, 'link').mockImplementationOnce(async (from, to) => {
      spy.mockRestore();
      await link(from, to);
      expect(await store.replaceIf('h', '2', 'next')).toBe(true);
    });
    expect(await store.replaceIf('h', '1', 'mine')).toBe(true);
    expect(text((await store.get('h'))?.body)).toBe('next');
  }));

test('readers see whole states, never an older after a newer, while one document is replaced', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    await store.replaceIf('h', null, '1');
    const state = { done: false };
    const writer = (async () => {
      for (let n = 1; n < 60; n++) await store.replaceIf('h', String(n), String(n + 1));
      state.done = true;
    })();
    let last = 0;
    while (!state.done) {
      const now = Number(text((await store.get('h'))?.body));
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    await writer;
    expect(text((await store.get('h'))?.body)).toBe('60');
  }));

test('a key with a hostile segment is refused by name', () =>
  withFolder((folder) => {
    const store = folderStore(folder);
    for (const key of ['../x', 'a//b', 'a/.b', '', 'a/b c', 'a/*', '/a', 'a\0b']) {
      expect(() => store.location(key), key).toThrow(/has the segment/);
    }
    expect(() => store.putIfAbsent('a/7', 'x')).toThrow(/names a generation/);
    return Promise.resolve();
  }));

test('a removed document takes its empty folder along, and the next put makes it again', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    await store.putIfAbsent('a/b/c', '1');
    await store.remove('a/b/c');
    expect(await readdir(path.join(folder, 'a'))).toEqual([]);
    expect(await store.putIfAbsent('a/b/c', '2')).toBe(true);
  }));

test('leftovers carry the time of their last change', () =>
  withFolder(async (folder) => {
    const store = folderStore(folder);
    await mkdir(path.join(folder, 'deep'));
    const file = path.join(folder, 'deep', '.1-x.tmp');
    await writeFile(file, '');
    await utimes(file, 1000, 1000);
    expect(await store.leftovers()).toEqual([{ key: 'deep/.1-x.tmp', modified: 1_000_000 }]);
    await store.remove('deep/.1-x.tmp');
    expect(await store.leftovers()).toEqual([]);
  }));

test('any name becomes one safe segment and comes back', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(name, (given) => {
      const segment = encodeName(given);
      expect(segment).toMatch(/^[A-Za-z0-9_%][A-Za-z0-9_.%-]*$/);
      expect(decodeName(segment)).toBe(given);
    }),
  );
  expect(encodeName('..')).toBe('%2E.');
  expect(encodeEntity('alert/team/churn/drift')).toBe('alert/team%2Fchurn%2Fdrift');
  expect(decodeEntity('alert', 'team%2Fchurn%2Fdrift')).toBe('alert/team/churn/drift');
  expect(() => encodeEntity('alert')).toThrow(/kind\/name/);
});

test('the name of a window sorts as its end does and gives it back', () => {
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(seconds, seconds, (a, b) => {
      expect(windowOfName(windowName(a * 1000))).toBe(a * 1000);
      expect(windowName(a * 1000) < windowName(b * 1000)).toBe(a < b);
    }),
  );
  expect(windowName(Date.UTC(2026, 10, 22))).toBe('20261122T000000Z');
  expect(() => windowName(1)).toThrow(/whole seconds/);
  expect(windowOfName('2026')).toBeNaN();
});
