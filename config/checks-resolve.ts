import type { CheckSpec } from '../domain/monitor.js';
import type { CheckGiven, ChecksGiven } from './checks-schema.js';
import { defaultsOf, type KnownCheck } from './limit-schema.js';

/**
 * The checks of a monitor: its defaults with the listed entries over them. An entry without targets
 * replaces the default of its check; one with targets stands before it and wins for those targets.
 * One with a name of its own is asked beside the others.
 */
export function resolveChecks(
  given: ChecksGiven,
  known: readonly KnownCheck[],
  rest: { defaults: readonly string[]; minRows: number | null; lag: number },
): CheckSpec[] {
  const plain = given.entries.filter(({ name }) => name === null);
  const whole = new Set(
    plain.filter((entry) => entry.targets === null).map((entry) => entry.check),
  );
  return known.flatMap((check) => {
    const own = given.entries.filter((entry) => entry.check === check.name);
    // Narrow targets first: the first entry that names a target is the one that judges it.
    const entries = [...own].sort(
      (a, b) => Number(a.targets === null) - Number(b.targets === null),
    );
    const byDefault = rest.defaults.includes(check.name) && given.mode === 'beside';
    const implied = byDefault && !whole.has(check.name);
    const all = implied ? [...entries, bare(check.name)] : entries;
    return all.map((entry) => toSpec(entry, check, rest));
  });
}

function bare(check: string): CheckGiven {
  return {
    check,
    name: null,
    against: null,
    targets: null,
    running: null,
    every: null,
    params: {},
  };
}

function toSpec(
  entry: CheckGiven,
  check: KnownCheck,
  { minRows, lag }: { minRows: number | null; lag: number },
): CheckSpec {
  const { warn, alert, minRows: ownRows, rule, ...params } = defaultsOf(check, lag);
  return {
    check: check.name,
    name: entry.name,
    against: entry.against,
    targets: entry.targets,
    warn: entry.warn === undefined ? warn : entry.warn,
    alert: entry.alert === undefined ? alert : entry.alert,
    // A check that needs no or one row has no statistics: the floor of the windows is not its own.
    minRows: entry.minRows ?? (ownRows <= 1 ? ownRows : (minRows ?? ownRows)),
    rule: entry.rule ?? rule,
    running: entry.running,
    every: entry.every,
    params: { ...params, ...entry.params },
  };
}
