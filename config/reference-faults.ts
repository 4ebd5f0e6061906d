import { ARM } from '../domain/arm.js';
import { TRAFFIC } from '../domain/traffic.js';
import type { CheckGiven } from './checks-schema.js';
import type { Fault, Sections } from './fault.js';
import type { SourceGiven } from './reference-schema.js';
import { metricsFaults } from './metrics-faults.js';
import { ownName, ownNameWords } from './segments-schema.js';
import { didYouMean } from '../checks/spelling.js';
import { faultOfSpan } from './spans.js';

/** What is wrong between times, segments, series, references and the checks that name them. */
export function namedFaults(given: Sections): Fault[] {
  return [
    ...eventFaults(given),
    ...segmentFaults(given),
    ...metricsFaults(given),
    ...sourceFaults(given),
    ...asked(given),
  ];
}

function eventFaults({ events, windows }: Sections): Fault[] {
  return (events ?? []).flatMap((event, index) => {
    const message = faultOfSpan(event, windows?.timezone ?? 'UTC');
    return message === null ? [] : [{ path: ['events', index, 'to'], message }];
  });
}

function segmentFaults({ segments }: Sections): Fault[] {
  const names = (segments ?? []).map(({ name }) => name);
  return names.flatMap((name, index) => {
    const path = ['segments', index, 'name'];
    if (name === 'row_source') {
      return [{ path, message: 'expected another name: columns.row_source parts by it already' }];
    }
    if (name === ARM) {
      return [{ path, message: 'expected another name: columns.arm parts by it' }];
    }
    if (name === TRAFFIC) {
      return [{ path, message: 'expected another name: columns.traffic parts by it' }];
    }
    const isTwin = names.indexOf(name) < index;
    return isTwin ? [{ path, message: `expected a name of its own, got "${name}" twice` }] : [];
  });
}

function sourceFaults(given: Sections): Fault[] {
  const { reference } = given;
  if (reference === undefined) return [];
  const at = (path: string[], one: SourceGiven | undefined): Fault[] =>
    one === undefined ? [] : faultsOf(one, path, given);
  const faults = at(['reference', 'drift'], reference.drift);
  for (const [name, one] of Object.entries(reference.others)) {
    const path = ['reference', 'others', name];
    if (!ownName.test(name)) faults.push({ path, message: `${ownNameWords}, got "${name}"` });
    faults.push(...at(path, one));
  }
  const { drift, performance } = reference;
  const fixed = ['training', 'window'].includes(drift?.kind ?? 'training');
  if (performance?.kind === 'held_out' && !fixed) {
    const message =
      'expected first_mature: only a training file or a fixed window has labels apart';
    faults.push({ path: ['reference', 'performance', 'kind'], message });
  }
  return faults;
}

function faultsOf(one: SourceGiven, path: string[], given: Sections): Fault[] {
  const faults: Fault[] = [];
  if (one.kind === 'window' || one.kind === 'version') {
    const message = faultOfSpan(one, given.windows?.timezone ?? 'UTC');
    if (message !== null) faults.push({ path: [...path, 'to'], message });
  }
  if (one.kind === 'version' && given.columns?.version === null) {
    const message = 'kind version needs versions of rows: columns.version is missing';
    faults.push({ path, message });
  }
  if (one.kind === 'segment' && given.segments !== undefined && given.columns !== undefined) {
    const sources = given.columns.rowSource === null ? [] : ['row_source'];
    const known = [...given.segments.map(({ name }) => name), ...sources];
    if (!known.includes(one.segment)) {
      faults.push({ path: [...path, 'segment'], message: unknown('segment', one.segment, known) });
    }
  }
  return faults;
}

/** Names of checks are parts of keys, so none may have two meanings. */
function asked({ checks, reference }: Sections): Fault[] {
  const inOnly = checks?.mode === 'only' ? ['only'] : [];
  const entries = checks?.entries ?? [];
  const known = Object.keys(reference?.others ?? {});
  return entries.flatMap(({ name, against, check, targets }, index) => {
    const path = ['checks', ...inOnly, index];
    const faults: Fault[] = [];
    const twin = entries.findIndex((other) => other.name === name && other.check !== check);
    if (name !== null && twin >= 0 && twin < index) {
      const message = `expected a name of its own, got "${name}", which another check has`;
      faults.push({ path: [...path, 'name'], message });
    }
    if (against === null) return faults;
    if (reference !== undefined && !known.includes(against)) {
      faults.push({ path: [...path, 'against'], message: unknown('reference', against, known) });
    }
    const kind = reference?.others[against]?.kind;
    if (check === ROWS) faults.push(...rowsFaults(entries, { kind, against, path }));
    if (name === null && targets === null) {
      const message = `missing: what its findings are called beside those of ${check}`;
      faults.push({ path: [...path, 'name'], message: `${message}. Example: name: ${check}_then` });
    }
    return faults;
  });
}

/** The check that finds rows again: in the rows of one training file. */
const ROWS = 'skew_rows';

function rowsFaults(
  entries: readonly CheckGiven[],
  {
    kind,
    against,
    path: entry,
  }: { kind: SourceGiven['kind'] | undefined; against: string; path: Fault['path'] },
): Fault[] {
  const path = [...entry, 'against'];
  const others = entries.filter((one) => one.check === ROWS && one.against !== against);
  return [
    ...(kind === undefined || kind === 'training'
      ? []
      : [{ path, message: 'expected a reference of kind training' }]),
    ...(others.length === 0
      ? []
      : [{ path, message: `expected one reference for all entries of ${ROWS}` }]),
  ];
}

function unknown(what: string, given: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'There is none' : `Known: ${known.join(', ')}`;
  return `unknown ${what} "${given}".${didYouMean(given, known)} ${list}`;
}
