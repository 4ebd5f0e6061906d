import type { ReferenceSource } from '../domain/monitor.js';
import { iso } from '../domain/window.js';

/** What windows are compared with, in words. */
export function sayReference(one: ReferenceSource): string {
  switch (one.kind) {
    case 'training':
      return `training ${one.from.path}`;
    case 'window':
      return `window ${iso(one.start)} to ${iso(one.end)}`;
    case 'rolling':
      return `rolling, ${one.windows} windows${one.weekday ? ' of the same weekday' : ''}`;
    case 'previous':
      return one.weekday ? 'previous window of the same weekday' : 'previous window';
    case 'version':
      return `version ${one.version}, ${iso(one.start)} to ${iso(one.end)}`;
    case 'segment':
      return `segment ${one.segment} = ${one.value}`;
  }
}
