import type { Settings } from '../config/settings.js';
import { deriveCallbackKey } from '../trainers/signature.js';

/** Where a trainer may report, and the key that it signs with; null: it is polled. */
export function callbackOf(
  settings: Settings,
  trainingKey: string,
): { url: string; key: string } | null {
  const { baseUrl, secret } = settings.callback;
  if (baseUrl === null || secret === null) return null;
  const url = `${baseUrl.replace(/\/$/, '')}/api/v1/hooks/retrainings/${trainingKey}`;
  return { url, key: deriveCallbackKey(secret, trainingKey) };
}
