import { formatDuration } from '../calendar/durations.js';
import type { Monitor, ReferenceSource } from '../domain/monitor.js';
import type { Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import type { Line } from './explain-checks.js';

/** What windows are compared with, in words; instants on the wall clock of their zone. */
function sayReference(one: ReferenceSource, timezone: string): string {
  const span = ({ start, end }: { start: Instant; end: Instant }): string =>
    `${inZone(start, timezone)} to ${inZone(end, timezone)}`;
  switch (one.kind) {
    case 'training':
      return `training ${one.from.path}${one.weight === undefined ? '' : ` by ${one.weight}`}`;
    case 'window':
      return `window ${span(one)}`;
    case 'rolling':
      return `rolling, ${one.windows} windows${one.weekday ? ' of the same weekday' : ''}`;
    case 'previous':
      return one.weekday ? 'previous window of the same weekday' : 'previous window';
    case 'version':
      return `version ${one.version}, ${span(one)}`;
    case 'segment':
      return `segment ${one.segment} = ${one.value}`;
  }
}

/** The lines of `reference`. */
export function referenceLines({ reference, windows }: Monitor): Line[] {
  const { drift, others, performance } = reference;
  const say = (one: ReferenceSource): string => sayReference(one, windows.timezone);
  const size = performance?.kind === 'first_mature' ? ` ${formatDuration(performance.size)}` : '';
  return [
    ['reference.drift', drift === null ? 'none' : say(drift)],
    ...Object.entries(others).map(([name, one]): Line => [`reference.others.${name}`, say(one)]),
    ['reference.performance', performance === null ? 'none' : `${performance.kind}${size}`],
  ];
}
