import type { z } from 'zod';
import type { Monitor } from '../domain/monitor.js';
import { exampleMonitor, shortestMonitor } from './example.js';
import { tell } from './issues.js';
import { jsonSchemaOf } from './known-keys.js';
import type { KnownChecks } from './monitor.js';
import { pathText, type Problem } from './problem.js';
import { plainSecrets } from './secrets.js';
import type { YamlFile } from './yaml-file.js';

type Path = readonly PropertyKey[];

/** A monitor file with `_defaults.yaml` under it. */
export interface Merged {
  yaml: YamlFile;
  defaults: YamlFile | null;
  /** Plain values of both. */
  given: unknown;
}

/** A monitor file that was read. */
export interface MonitorFile extends Merged {
  monitor: Monitor;
  /** A fault at a path, in whichever of the two files says it. */
  problemAt(path: Path, message: string): Problem;
}

/** Lays a file over `_defaults.yaml`: maps merge key by key, everything else is replaced. */
export function mergeDefaults(yaml: YamlFile, defaults: YamlFile | null): Merged {
  return { yaml, defaults, given: merge(defaults?.value ?? {}, yaml.value ?? {}) };
}

const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** Reads one monitor: the monitor when all is right by itself, and every fault of the file. */
export function readMonitor(
  merged: Merged,
  schema: z.ZodType<Monitor>,
  known: KnownChecks,
): Merged & {
  monitor: Monitor | null;
  problems: Problem[];
  problemAt: MonitorFile['problemAt'];
} {
  const problemAt: MonitorFile['problemAt'] = (path, message) =>
    place(merged, { path, message, at: 'value' });
  const secrets = plainSecrets(merged.given).map((found) => problemAt(found.path, found.message));
  const parsed = schema.safeParse(merged.given);
  if (parsed.success) {
    const monitor = secrets.length > 0 ? null : parsed.data;
    return { ...merged, monitor, problems: secrets, problemAt };
  }
  const asked = {
    value: merged.given,
    schema: schemas.get(schema) ?? jsonSchemaOf(schema),
    examples: [shortestMonitor, exampleMonitor],
    checks: known.checks.map((check) => check.name),
  };
  schemas.set(schema, asked.schema);
  const hidden = new Set(secrets.map((problem) => problem.path));
  const faults = tell(parsed.error.issues, asked)
    .map((told) => place(merged, told))
    // What was given is part of an error: not where it is a secret.
    .filter((problem) => !hidden.has(problem.path));
  return { ...merged, monitor: null, problems: [...secrets, ...faults], problemAt };
}

function place(
  merged: Merged,
  told: { path: Path; message: string; at: 'key' | 'value' },
): Problem {
  const { yaml, defaults } = merged;
  const inDefaults = !yaml.has(told.path) && (defaults?.has(told.path) ?? false);
  const file = inDefaults && defaults !== null ? defaults : yaml;
  const position = told.at === 'key' ? file.positionOfKey(told.path) : file.positionOf(told.path);
  const path = pathText(told.path);
  return { file: file.name, ...position, path, message: told.message, severity: 'error' };
}

function merge(under: unknown, over: unknown): unknown {
  if (!isMap(under) || !isMap(over)) return over;
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.map((key) => {
      return [key, Object.hasOwn(over, key) ? merge(under[key], over[key]) : under[key]];
    }),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
