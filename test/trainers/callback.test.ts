import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { endInCallback } from '../../trainers/callback.js';
import { deriveCallbackKey, signedHeaders, verifyCallback } from '../../trainers/signature.js';
import { result } from './jobs.js';

const key = deriveCallbackKey('server-secret', 'ac-eta-1-e1');
const now = 1_793_600_000_000;
const rawBody = '{"state": "succeeded",  "result": {}}';
const headers = signedHeaders({ key, id: 'm1', body: rawBody, now });

test('the key of a callback is the HMAC of the training key, another one for each training', () => {
  const wanted = createHmac('sha256', 'server-secret').update('callback:ac-eta-1-e1').digest('hex');
  expect(key).toBe(wanted);
  expect(deriveCallbackKey('server-secret', 'ac-eta-2-e1')).not.toBe(key);
});

test('a callback signed over its raw body with the right key is genuine', () => {
  expect(verifyCallback({ rawBody, headers, key, now })).toEqual({ ok: true, id: 'm1' });
});

test('one of several signatures is enough', () => {
  const several = `v1,AAAA ${headers['webhook-signature'] ?? ''}`;
  const given = { ...headers, 'webhook-signature': several };
  expect(verifyCallback({ rawBody, headers: given, key, now }).ok).toBe(true);
});

test.each([
  ['another key', { key: deriveCallbackKey('server-secret', 'ac-eta-2-e1') }],
  ['a body that was written anew', { rawBody: JSON.stringify(JSON.parse(rawBody)) }],
  ['another id', { headers: { ...headers, 'webhook-id': 'm2' } }],
  ['another time', { headers: { ...headers, 'webhook-timestamp': '1793600001' } }],
  ['one flipped letter', { headers: { ...headers, 'webhook-signature': 'v1,' + 'A'.repeat(44) } }],
  ['no signature', { headers: { ...headers, 'webhook-signature': undefined } }],
  ['a time that is no number', { headers: { ...headers, 'webhook-timestamp': 'NaN' } }],
  ['301 s of age', { now: now + 301_000 }],
  ['301 s ahead', { now: now - 301_000 }],
])('a callback with %s is forged', (_, change) => {
  expect(verifyCallback({ rawBody, headers, key, now, ...change }).ok).toBe(false);
});

test('300 s are within the tolerance, both ways', () => {
  expect(verifyCallback({ rawBody, headers, key, now: now + 300_000 }).ok).toBe(true);
  expect(verifyCallback({ rawBody, headers, key, now: now - 300_000 }).ok).toBe(true);
});

test('a callback reports an end', () => {
  expect(endInCallback(JSON.stringify({ state: 'succeeded', result }))).toEqual({
    ...{ ok: true, end: { state: 'succeeded', result } },
  });
  expect(endInCallback('{"state":"failed","reason":"row 17"}')).toEqual({
    ...{ ok: true, end: { state: 'failed', reason: 'its callback says failed' } },
  });
});

test.each([
  ['{"state":"running"}', 'got another state'],
  ['{}', 'got no state'],
  ['no json', 'got no JSON'],
  ['{"state":"succeeded"}', 'result: expected {version, trainedUntil, reference, …}, got nothing'],
])('a callback of %s reports no end', (body, words) => {
  const told = endInCallback(body);
  expect(told).toMatchObject({ ok: false });
  expect(JSON.stringify(told)).toContain(words);
});

test('a result that is not whole is no end: each field says what was wanted and what is there', () => {
  const given = {
    ...result,
    trainedUntil: undefined,
    version: '',
    rows: 1.5,
    metrics: { a: 'pw' },
    unweightedActed: -1,
  };
  expect(endInCallback(JSON.stringify({ state: 'succeeded', result: given }))).toEqual({
    ok: false,
    reason:
      'not a training result: version: expected a text of 1 to 200 characters, got a text of 0 ' +
      'characters; trainedUntil: expected milliseconds since 1970, a whole number, got nothing; ' +
      'rows: expected a whole number, 0 or more, got 1.5; metrics.a: expected a number, got a ' +
      'text of 2 characters; unweightedActed: expected a whole number, 0 or more, got -1',
  });
});
