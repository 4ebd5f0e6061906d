import { valueAt } from '../config/known-keys.js';
import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { ReferenceSource, SourceSpec } from '../domain/monitor.js';
import { utc, type Instant } from '../domain/window.js';
import type { Seen } from './validate-seen.js';

type Path = readonly (string | number)[];

/** A source that a monitor file names, and where it says the path. */
interface NamedSource {
  source: SourceSpec;
  path: Path;
}

/** The sources of the sections that are right. */
export function sourcesOf({ given, monitor, isRight }: DraftMonitor): NamedSource[] {
  const { predictions, labels, standIns = [] } = monitor;
  return [
    ...(isRight('predictions')
      ? [{ source: predictions, path: ['predictions', 'from', 'path'] }]
      : []),
    ...(predictions.joins ?? []).map((join, index) => {
      return { source: join.from, path: ['joins', index, 'from', 'path'] };
    }),
    ...[labels, ...standIns].flatMap((one, index) =>
      isRight('labels') && one?.from != null
        ? [{ source: one.from, path: ['labels', index, 'from', 'path'] }]
        : [],
    ),
    ...(isRight('reference') ? referencesOf(monitor.reference) : []).flatMap(({ one, under }) => {
      if (one.kind !== 'training') return [];
      const short = [...under, 'path'];
      const path = valueAt(given, short) === undefined ? [...under, 'from', 'path'] : short;
      return [{ source: one.from, path }];
    }),
  ];
}

function referencesOf({ drift, others }: DraftMonitor['monitor']['reference']) {
  const named = Object.entries(others).map(([name, one]) => {
    return { one, under: ['reference', 'others', name] };
  });
  return [...(drift === null ? [] : [{ one: drift, under: ['reference', 'drift'] }]), ...named];
}

/** Warnings of sources whose files are not there, are empty or cannot be read. */
export async function fileWarnings(
  draft: DraftMonitor,
  look: (source: SourceSpec) => Promise<Seen>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { source, path } of sourcesOf(draft)) {
    const { oddity } = await look(source);
    if (oddity === null) continue;
    problems.push({ ...draft.problemAt(path, oddity), severity: 'warning' });
  }
  return problems;
}

/** A warning of windows that never fall due: only commands that are run by hand evaluate them. */
export function scheduleWarnings({ monitor, isRight, problemAt }: DraftMonitor): Problem[] {
  if (!isRight('windows') || monitor.windows.rows === undefined) return [];
  const message =
    'has no time, so that no Schedule can ring: plan and apply refuse this file; check, compare ' +
    'and backtest take it';
  return [{ ...problemAt(['windows', 'rows'], message), severity: 'warning' }];
}

/** Warnings of references that lie in the future, as no row does. */
export function timeWarnings({ monitor, isRight, problemAt }: DraftMonitor, now: Instant) {
  if (!isRight('reference')) return [];
  return referencesOf(monitor.reference).flatMap(({ one, under }): Problem[] => {
    const time = timeOf(one);
    if (time === null || time.at <= now) return [];
    const message = `expected a time before now, got ${utc(time.at)}`;
    return [{ ...problemAt([...under, time.key], message), severity: 'warning' }];
  });
}

function timeOf(one: ReferenceSource): { key: string; at: Instant } | null {
  if (one.kind === 'window' || one.kind === 'version') return { key: 'from', at: one.start };
  if (one.kind !== 'training' || one.trainedUntil === null) return null;
  return { key: 'trained_until', at: one.trainedUntil };
}
