import { createHmac } from 'node:crypto';

/**
 * Headers of a signed webhook (Standard Webhooks 1.0): `webhook-signature` is `v1,` and the base64
 * of HMAC-SHA256 over `id.timestamp.body`. A secret that begins with `whsec_` is base64, any other
 * is taken as it is. Without a secret the signature is left out.
 */
export function signatureHeaders(
  message: { id: string; at: number; body: string },
  secret: string | null,
): Record<string, string> {
  const timestamp = String(Math.floor(message.at / 1000));
  const headers = { 'webhook-id': message.id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
  const signed = createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.body}`);
  return { ...headers, 'webhook-signature': `v1,${signed.digest('base64')}` };
}
