import type { z } from 'zod';
import { flatten } from './issues.js';
import { knownKeys, valueAt } from './known-keys.js';
import { nearest } from '../checks/spelling.js';

type Path = readonly PropertyKey[];

/** A file's values with its unknown keys called as they were meant. */
export interface Meant {
  value: unknown;
  /** The same path as the file spells it. */
  spelt: (path: Path) => Path;
  /** True for a key that the file has under another spelling. */
  isMisspelt: (path: Path) => boolean;
}

/**
 * The same values with every unknown key called as it was meant, or left out where nothing is near:
 * what is wrong beside a slip of the fingers shows then. `issues` are those of the values.
 */
export function asMeant(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  schema: Record<string, unknown>,
): Meant {
  const copy = structuredClone(value);
  const spelling = new Map<string, string>();
  for (const issue of issues.flatMap((one) => flatten(one))) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = valueAt(copy, issue.path);
    if (!isMap(parent)) continue;
    const known = knownKeys(schema, value, issue.path);
    for (const key of issue.keys) {
      const meant = nearest(key, known);
      if (meant !== null && !Object.hasOwn(parent, meant)) {
        parent[meant] = parent[key];
        spelling.set(JSON.stringify([...issue.path, meant]), key);
      }
      // It is a copy of plain values.
      // oxlint-disable-next-line typescript/no-dynamic-delete
      delete parent[key];
    }
  }
  const spelt = (path: Path): Path =>
    path.map((part, i) => spelling.get(JSON.stringify(path.slice(0, i + 1))) ?? part);
  const isMisspelt = (path: Path): boolean => spelling.has(JSON.stringify(path));
  return { value: copy, spelt, isMisspelt };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when two faults are told at one place in the same words. */
export function isSameFault(
  a: { path: Path; message: string },
  b: { path: Path; message: string },
): boolean {
  return a.message === b.message && a.path.join('.') === b.path.join('.');
}
