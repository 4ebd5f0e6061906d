import { isTemplate } from '../calendar/partitions.js';
import type { Fault, Sections } from './fault.js';

/** Checks that ask for the time of rows. */
export const timedChecks: ReadonlySet<string> = new Set([
  ...[
    'freshness',
    'model_age',
    'reference_age',
    'decay_trend',
    'time_to_threshold',
    'level_change',
    'system_metric',
  ],
]);

/** What numbered windows do not go with, and what windows of time cannot do without. */
export function windowFaults(given: Sections): Fault[] {
  const { windows, columns } = given;
  if (windows === undefined) return [];
  const hasTime = columns?.timestamp !== null;
  if (windows.rows === undefined) {
    const path = ['columns', 'timestamp'];
    return hasTime ? [] : [{ path, message: 'missing. Example: timestamp: scored_at' }];
  }
  const faults: Fault[] = [];
  if (columns !== undefined && hasTime) {
    const message = 'expected none: windows.rows are for files without time; else windows.size';
    faults.push({ path: ['columns', 'timestamp'], message });
  }
  const from = given.predictions?.from;
  if (from !== undefined && isTemplate(from.path)) {
    const message = 'expected a path without placeholders: windows.rows have no time';
    faults.push({ path: ['predictions', 'from', 'path'], message });
  }
  if (from?.kind === 'postgres' || from?.kind === 'duckdb') {
    const message = 'expected files: rows of a query have no fixed number, and windows.rows count';
    faults.push({ path: ['predictions', 'from', 'kind'], message });
  }
  if ((given.joins ?? []).length > 0) {
    const message = 'expected none: rows that are joined keep no number, and windows.rows count';
    faults.push({ path: ['joins'], message });
  }
  if ((given.metrics ?? []).length > 0) {
    faults.push({ path: ['metrics'], message: 'expected none: windows.rows have no time' });
  }
  if ((given.events ?? []).length > 0) {
    faults.push({ path: ['events'], message: 'expected none: windows.rows have no time' });
  }
  (given.labels ?? []).forEach(({ join }, index) => {
    if (join?.match !== 'first_after') return;
    const path = ['labels', index, 'join', 'match'];
    faults.push({ path, message: 'expected one: windows.rows have no time to come after' });
  });
  return [...faults, ...referenceFaults(given), ...checkFaults(given)];
}

function referenceFaults({ reference }: Sections): Fault[] {
  const all: [string[], { kind: string } | undefined][] = [
    [['reference', 'drift'], reference?.drift],
    ...Object.entries(reference?.others ?? {}).map(([name, one]): [string[], { kind: string }] => [
      ['reference', 'others', name],
      one,
    ]),
  ];
  return all.flatMap(([path, one]) =>
    one?.kind === 'window' || one?.kind === 'version'
      ? [{ path, message: `expected another kind: windows.rows have no time for ${one.kind}` }]
      : [],
  );
}

function checkFaults({ checks }: Sections): Fault[] {
  const inOnly = checks?.mode === 'only' ? ['only'] : [];
  return (checks?.entries ?? []).flatMap(({ check, every }, index) => {
    const path = ['checks', ...inOnly, index];
    if (timedChecks.has(check)) {
      return [{ path, message: `${check} needs event times: windows.rows have none` }];
    }
    const message = 'expected none: windows.rows have no time';
    return every === null ? [] : [{ path: [...path, 'every'], message }];
  });
}
