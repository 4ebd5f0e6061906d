import { iso } from '../domain/window.js';
import { printJson } from './output.js';

/** Fields that hold an instant wherever they appear. */
const INSTANTS = new Set([
  ...['at', 'since', 'until', 'from', 'to', 'start', 'end', 'window', 'windowEnd', 'watermark'],
  ...['firedAt', 'firstWindow', 'lastWindow', 'acknowledgedAt', 'snoozedUntil', 'triedUntil'],
  ...['openedAt', 'expiresAt', 'startsAt', 'endedAt', 'startedAt', 'lastSucceededAt'],
  ...['lastRunAt', 'nextAt', 'appliedAt', 'trainedUntil', 'knownAt', 'bell', 'dueAt', 'newest'],
]);
/** What a check or a trainer tells of its own numbers: nothing in it is known to be an instant. */
const OPAQUE = new Set(['details', 'metrics', 'importances', 'hyperparameters', 'config']);
/** March 1973: what is less is the number of a row, or no instant at all. */
const LEAST = 100_000_000_000;

/** One JSON document on stdout: its version, the body with ISO instants, the exit code. */
export function printDocument<Code extends number>(
  body: Readonly<Record<string, unknown>>,
  exitCode: Code,
): Code {
  printJson(documentOf(body, exitCode));
  return exitCode;
}

/** As `printDocument`, not printed. */
export function documentOf(
  body: Readonly<Record<string, unknown>>,
  exitCode: number,
): Record<string, unknown> {
  return { version: 1, ...(withIso(body) as Record<string, unknown>), exitCode };
}

/** The same value with every instant as `2026-11-22T00:00:00Z`. */
function withIso(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIso);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]: [string, unknown]) => {
    if (OPAQUE.has(name)) return [name, field] as const;
    const isInstant = INSTANTS.has(name) && typeof field === 'number' && field >= LEAST;
    return [name, isInstant ? iso(field) : withIso(field)] as const;
  });
  return Object.fromEntries(entries);
}
