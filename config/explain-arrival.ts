import { formatDuration } from '../calendar/durations.js';
import type { Arrival } from '../domain/late.js';
import { list, type Line } from './explain-checks.js';

/** When the rows of a window are there, as far as the file says. */
export function arrivalLines({ ready, late }: Arrival): Line[] {
  return [
    ...(ready === undefined
      ? []
      : ([
          ['predictions.ready.marker', ready.marker],
          ['predictions.ready.wait', formatDuration(ready.wait)],
        ] as const)),
    ...(late === undefined
      ? []
      : ([
          ['predictions.late.reread', list(late.reread.map(formatDuration))],
          ['predictions.late.restate_above', String(late.restateAbove)],
        ] as const)),
  ];
}
