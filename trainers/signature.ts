import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds that a time stamp may be away from the receiver's clock, before or after it. */
const TOLERANCE = 300;

export interface Signed {
  key: string;
  id: string;
  /** Unix seconds, as text. */
  timestamp: string;
  body: string;
}

/** `v1,<base64>`: HMAC-SHA256 over `id.timestamp.body`, as Standard Webhooks has it. */
export function signatureOf({ key, id, timestamp, body }: Signed): string {
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return `v1,${mac}`;
}

/** Headers of a signed message. `now` in ms. */
export function signedHeaders(message: {
  key: string;
  id: string;
  body: string;
  now: number;
}): Record<string, string> {
  const timestamp = String(Math.floor(message.now / 1_000));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatureOf({ ...message, timestamp }),
  };
}

/** The key of one training's callback, hex: derived from the server's secret, never stored. */
export function deriveCallbackKey(serverSecret: string, trainingKey: string): string {
  return createHmac('sha256', serverSecret).update(`callback:${trainingKey}`).digest('hex');
}

/**
 * Whether a callback is genuine: signed over the raw body with the training's key, within 300 s of
 * `now` (ms) both ways. Compared in constant time; several signatures may be given, one is enough.
 * A replay within that time passes: the entity takes the first end and drops the rest.
 */
export function verifyCallback(callback: {
  rawBody: string;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  key: string;
  now: number;
}): { ok: true; id: string } | { ok: false; reason: string } {
  const { headers, key, rawBody, now } = callback;
  const [id, timestamp, given] = ['id', 'timestamp', 'signature'].map((name) => {
    const value = headers[`webhook-${name}`];
    return typeof value === 'string' ? value : '';
  });
  if (!id || !timestamp || !given) {
    return { ok: false, reason: 'expected webhook-id, webhook-timestamp and webhook-signature' };
  }
  if (!/^\d{1,12}$/.test(timestamp)) {
    return { ok: false, reason: 'webhook-timestamp: expected whole seconds since 1970' };
  }
  if (Math.abs(now / 1_000 - Number(timestamp)) > TOLERANCE) {
    return { ok: false, reason: `webhook-timestamp is more than ${TOLERANCE} s away from now` };
  }
  const wanted = signatureOf({ key, id, timestamp, body: rawBody });
  const isGenuine = given.split(' ').some((one) => isSame(one, wanted));
  return isGenuine ? { ok: true, id } : { ok: false, reason: 'the signature does not match' };
}

/** Digests have one length, so that the time tells nothing. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
