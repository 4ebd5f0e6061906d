import { existsSync, readFileSync } from 'node:fs';

/** The folder beside the checkout with published figures (`golden`) and data sets (`data`). */
const SHARED = '../shared';
const absent = ['golden', 'data'].filter((folder) => !existsSync(`${SHARED}/${folder}`));

/** Why tests of published figures and data sets are skipped; null: they are there. */
export const sharedMissing: string | null =
  absent.length === 0 ? null : `needs ${SHARED}: no ${absent.join(', no ')} there`;

/** The name of a test that needs them, with why it is skipped where it is. */
export function needsShared(name: string): string {
  return sharedMissing === null ? name : `${name} (${sharedMissing})`;
}

/** A text of that folder; empty where its tests are skipped. */
export function sharedText(file: string): string {
  return sharedMissing === null ? readFileSync(`${SHARED}/${file}`, 'utf8') : '';
}

/** A document of that folder; where its tests are skipped, `without`, so that they have names. */
export function sharedJson<T>(file: string, without: T): T {
  return sharedMissing === null ? (JSON.parse(sharedText(file)) as T) : without;
}
