import type { z } from 'zod';
import type { Monitor } from '../domain/monitor.js';
import { exampleMonitor, shortestMonitor } from './example.js';
import { tell, withoutEchoes, type Told } from './issues.js';
import { jsonSchemaOf } from './known-keys.js';
import type { Fault } from './fault.js';
import { asMeant, isSameFault } from './meant.js';
import { sketchMonitor, type KnownChecks, type Sketch } from './monitor.js';
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
  problemAt: (path: Path, message: string) => Problem;
}

/** Lays a file over `_defaults.yaml`: maps merge key by key, everything else is replaced. */
export function mergeDefaults(yaml: YamlFile, defaults: YamlFile | null): Merged {
  return { yaml, defaults, given: merge(defaults?.value ?? {}, yaml.value ?? {}) };
}

const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** What was read of a file, right or wrong. */
export interface MonitorRead extends Merged {
  /** null: something is wrong. */
  monitor: Monitor | null;
  /** The same; of a wrong file what is right, with another's in the place of the rest. */
  sketch: Monitor;
  /** True for a section that the sketch has from the file; `owners` is one here. */
  isRight: (section: string) => boolean;
  problems: Problem[];
  problemAt: MonitorFile['problemAt'];
}

/** Reads one monitor: the monitor when all is right by itself, and every fault of the file. */
export function readMonitor(
  merged: Merged,
  schema: z.ZodType<Monitor>,
  known: KnownChecks,
): MonitorRead {
  const at = (spelt: (path: Path) => Path): MonitorFile['problemAt'] => {
    return (path, message) => place(merged, { path: spelt(path), message, at: 'value' });
  };
  const asIs = at((path) => path);
  const secrets = plainSecrets(merged.given).map((found) => asIs(found.path, found.message));
  const parsed = schema.safeParse(merged.given);
  if (parsed.success) {
    const isWrong = secrets.length > 0 || merged.yaml.faults.length > 0;
    const monitor = isWrong ? null : parsed.data;
    const rest = { isRight: () => true, problems: secrets, problemAt: asIs };
    return { ...merged, monitor, sketch: parsed.data, ...rest };
  }
  const hidden = new Set(secrets.map((problem) => problem.path));
  const { told, sketched, spelt } = faultsIn(merged.given, parsed.error.issues, { schema, known });
  const problems = told
    .map((one) => place(merged, one))
    // What was given is part of an error: not where it is a secret.
    .filter((problem) => !hidden.has(problem.path));
  const { sketch, isRight } = sketched;
  const rest = { problems: [...secrets, ...problems], problemAt: at(spelt) };
  return { ...merged, monitor: null, sketch, isRight, ...rest };
}

/** All that is wrong in a file: by itself, behind its misspelt keys, and between its sections. */
function faultsIn(
  given: unknown,
  issues: readonly z.core.$ZodIssue[],
  { schema, known }: { schema: z.ZodType<Monitor>; known: KnownChecks },
): { told: Told[]; sketched: Sketch; spelt: (path: Path) => Path } {
  const json = schemas.get(schema) ?? jsonSchemaOf(schema);
  schemas.set(schema, json);
  const asked = {
    value: given,
    schema: json,
    examples: [shortestMonitor, exampleMonitor],
    checks: known.checks,
  };
  const meant = asMeant(given, issues, json);
  const sketched = sketchMonitor(meant.value, known);
  const second = schema.safeParse(meant.value).error?.issues ?? [];
  // A key that is misspelt is not missing, too.
  const first = tell(issues, asked).filter(({ path }) => !meant.isMisspelt(path));
  const again = [...second, ...asIssues(sketched.faults, second)];
  const more = tell(again, { ...asked, value: meant.value }).map((one) => {
    return { ...one, path: meant.spelt(one.path) };
  });
  const news = more.filter((one) => !first.some((other) => isSameFault(one, other)));
  return { told: withoutEchoes([...first, ...news]), sketched, spelt: meant.spelt };
}

/** Faults as zod tells its own, without those that it told. */
function asIssues(faults: readonly Fault[], told: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return faults
    .map(({ path, message }) => ({ code: 'custom' as const, path: [...path], message }))
    .filter(({ path, message }) => {
      return !told.some(
        (issue) => issue.message === message && pathText(issue.path) === pathText(path),
      );
    });
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
