import { formatDuration } from '../calendar/durations.js';
import { isTemplate } from '../calendar/partitions.js';
import { folderIn, hasFolders } from '../domain/source-spec.js';
import type { Fault, Sections } from './fault.js';

/** What `predictions.ready` and `predictions.late` do not go with. */
export function arrivalFaults(given: Sections): Fault[] {
  const { ready, late } = given.predictions ?? {};
  const isNumbered = given.windows?.rows !== undefined;
  const message = 'expected none: windows.rows have no time';
  return [
    ...(isNumbered && ready ? [{ path: ['predictions', 'ready'], message }] : []),
    ...(isNumbered && late ? [{ path: ['predictions', 'late'], message }] : []),
    ...(isNumbered ? [] : readyFaults(given)),
    ...(isNumbered ? [] : lateFaults(given)),
  ];
}

function readyFaults({ predictions, schedule, checks }: Sections): Fault[] {
  if (predictions === undefined) return [];
  const { from, ready } = predictions;
  if (ready === undefined) {
    const inOnly = checks?.mode === 'only' ? ['only'] : [];
    return (checks?.entries ?? []).flatMap(({ check }, index) => {
      const message = 'ready needs a marker: predictions.ready is missing';
      return check === 'ready' ? [{ path: ['checks', ...inOnly, index], message }] : [];
    });
  }
  const path = ['predictions', 'ready'];
  if (!hasFolders(from)) {
    const message = `expected none: a marker lies beside files, and kind ${from.kind} has none`;
    return [{ path, message }];
  }
  const folder = folderIn(from.path);
  if (/[*?[\]]/.test(folder)) {
    const message = `expected predictions.from.path without a wildcard in its folder, got "${folder}"`;
    return [{ path, message }];
  }
  if (!isTemplate(folder + ready.marker)) {
    const message =
      `expected a placeholder in it, or in the folder of predictions.from.path, got "${folder}": ` +
      'one marker cannot stand for all windows. Example: path: "data/dt={date}/*.parquet"';
    return [{ path: [...path, 'marker'], message }];
  }
  const { lag = 0, catchup = Infinity } = schedule ?? {};
  if (lag + ready.wait <= catchup) return [];
  const most = `schedule.catchup (${formatDuration(catchup)})`;
  const message = `expected less: after schedule.lag (${formatDuration(lag)}) it ends past ${most}`;
  return [{ path: [...path, 'wait'], message }];
}

/** A database tells of late rows only as far as its overlap reaches. */
function lateFaults({ predictions, schedule }: Sections): Fault[] {
  const from = predictions?.from;
  if (from?.kind !== 'postgres' || schedule === undefined) return [];
  const reread = predictions?.late?.reread ?? [];
  return reread.flatMap((_, index) => {
    const seen = schedule.lag + (reread[index - 1] ?? 0);
    if (seen < from.overlap) return [];
    const since = formatDuration(seen);
    const message =
      `expected none: rows are not asked for again once predictions.from.overlap ` +
      `(${formatDuration(from.overlap)}) is over, and the look before is ${since} after the window`;
    return [{ path: ['predictions', 'late', 'reread', index], message }];
  });
}
