import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { UsageError } from '../../app/errors.js';
import { answered } from '../../cli/context.js';
import { verifiedWords } from '../../cli/lake.js';
import { printAnswer } from '../../cli/alerts.js';
import { fullHash, refuseShort } from '../../cli/requests.js';
import { endOfPause } from '../../cli/pauses.js';
import { worstOf } from '../../cli/exit-codes.js';
import { verdictLines } from '../../cli/backfill.js';
import type { Answer } from '../../domain/entity.js';

const NOW = Date.UTC(2026, 2, 5, 12);

test('a pause ends in the future; a past end is refused with what was given and is wanted', () => {
  expect(endOfPause('2026-03-06', 'UTC', NOW)).toBe(Date.UTC(2026, 2, 6));
  expect(() => endOfPause('soon', 'UTC', NOW)).toThrow(/an instant as 2026-11-22.*got "soon"/);
  // 12:00 UTC is 13:00 in Paris.
  expect(() => endOfPause('2026-03-05T12:59', 'Europe/Paris', NOW)).toThrow(UsageError);
  expect(endOfPause('2026-03-05T13:01', 'Europe/Paris', NOW)).toBe(NOW + 60_000);
  expect(() => endOfPause('2020-01-01', 'UTC', NOW)).toThrow(
    '--until 2020-01-01 is in the past; expected an instant after 2026-03-05 12:00 UTC.',
  );
});

test('of several outcomes a refusal counts before a failure, a hit gate, no data and nothing', () => {
  expect([[4, 1, 3, 2, 0], [0, 4, 1, 3], [1, 0, 4], [0, 4], [0], []].map(worstOf)).toEqual([
    ...[2, 3, 1, 4, 0, 0],
  ]);
});

test('a backfill ends with what its windows say, worst first, and where that is told', () => {
  const of = (...verdicts: ('ok' | 'warn' | 'alert' | 'unknown')[]) =>
    verdictLines(verdicts.map((verdict) => ({ verdict }))).map(stripVTControlCharacters);
  expect(of('ok', 'unknown', 'alert', 'ok')).toEqual([
    ' Windows: ■ 1 alert  ● 2 ok  ○ 1 unknown; see "aftercare alerts list"',
  ]);
  expect(of('ok')).toEqual([' Windows: ● 1 ok']);
  expect(of()).toEqual([]);
});

test('eight digits name the evidence, fewer are refused, others go to be compared', () => {
  const request = { id: 'eta#1', evidence: `cb12cb12${'0'.repeat(56)}` };
  expect(fullHash(request, undefined)).toBe(request.evidence);
  expect(fullHash(request, 'cb12cb12')).toBe(request.evidence);
  expect(fullHash(request, 'ffffffff')).toBe('ffffffff');
  expect(() => fullHash(request, 'cb1')).toThrow(UsageError);
  expect(() => fullHash(request, 'cb12cb1')).toThrow(
    '--evidence "cb12cb1" is too short; expected 8 or more digits of the hash, ' +
      'as "aftercare requests show eta#1" shows it.',
  );
});

test('a rejection without a reason is told what to type, before a server is asked', () => {
  expect(() => refuseShort('  too old  ')).toThrow(UsageError);
  expect(() => refuseShort('')).toThrow(
    '--reason: expected at least 10 characters, for others will read it, got none. ' +
      'Example: --reason "the labels of May are missing"',
  );
  expect(() => refuseShort('ten chars.')).not.toThrow();
});

test('a refusal is told on stderr, and as a document on stdout', () => {
  const said = { out: '', err: '' };
  const hear = (name: 'out' | 'err') => (text: string | Uint8Array) => {
    said[name] += String(text);
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(hear('out'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(hear('err'));
  const printed = (format: 'table' | 'json', answer: Answer) => {
    Object.assign(said, { out: '', err: '' });
    return { code: printAnswer({ format }, answer), ...said };
  };
  try {
    const refused = { ok: false, code: 'refused', reason: 'refused: bo opened it' } as const;
    const told = { code: 2, out: '', err: 'refused: bo opened it\n' };
    expect(printed('table', refused)).toEqual(told);
    expect(printed('table', { ...refused, code: 'conflict' })).toEqual(told);
    expect(printed('table', { ...refused, code: 'late' })).toEqual({ ...told, code: 3 });
    const note = { ok: true, note: 'approved' } as const;
    expect(printed('table', note)).toEqual({ code: 0, out: 'approved\n', err: '' });
    const { code, out: text, err: none } = printed('json', refused);
    expect({ code, none }).toEqual({ code: 2, none: '' });
    expect(JSON.parse(text)).toEqual({ version: 1, ...refused, exitCode: 2 });
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
});

test('what was looked at in a lake fits into 80 columns, whatever it counts', () => {
  const counts = {
    ...{ models: 1000, windows: 26_000, commits: 41_000, objects: 90_000, heads: 4_000 },
    audited: 12_000,
  };
  const left = { key: 'a', what: 'unfinished file' as const, modified: 0 };
  const words = verifiedWords({ problems: [], harmless: [left, left], counts });
  for (const line of words.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(words.replaceAll('\n', ' ')).toContain(
    'audit records: 0 problems. 2 files being written,',
  );
});

test('an act that nobody decides says after a few seconds what it waits for, once', async () => {
  vi.useFakeTimers();
  try {
    const said: string[] = [];
    const progress = (text: string) => void said.push(text);
    expect(await answered({ progress }, Promise.resolve('at once'))).toBe('at once');
    const act = new Promise<string>((resolve) => setTimeout(() => resolve('late'), 35_000));
    const answer = answered({ progress }, act);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await answer).toBe('late');
    expect(said).toEqual([
      'waiting for a worker to decide it, up to 40 s; "aftercare doctor" says whether one runs',
    ]);
  } finally {
    vi.useRealTimers();
  }
});
