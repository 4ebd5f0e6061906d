import { CATEGORY } from '../profile.js';

/** Groups that coarse counts fold rare known categories to. */
export const TAIL_GROUPS = 10;

/**
 * The group of a category among `groups`, from 0, by a hash of its text (FNV-1a, mixed as
 * MurmurHash3 ends). Chance alone groups them: by their frequency in the reference, what was
 * frequent there by luck would be together, and a window without any change would look as if it had
 * lost rows.
 */
export function tailGroup(value: string, groups: number): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < value.length; place++) {
    hash = Math.imul(hash ^ value.charCodeAt(place), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * groups);
}

/** The key of a group of rare known categories in coarse counts, as CATEGORY has others. */
export const tailKey = (group: number): string => `${CATEGORY.known}${group}`;

/** True for a value, false for what CATEGORY and `tailKey` name. */
export const isValue = (key: string): boolean => !key.startsWith('\u0000');
