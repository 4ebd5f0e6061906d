import { z } from 'zod';
import { readyIn } from '../domain/ready.js';
import { inZone } from '../domain/zone.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';

/** Markers of the window's files that did not come while they were waited for. */
export const ready: Written<object> = {
  name: 'ready',
  question: 'Did all files of the window come in time?',
  unit: 'markers that are not there, >= 0',
  category: 'data-quality',
  action:
    'Ask who delivers the files whether rows are still to come; then evaluate the window again.',
  over: 'model',
  needs: ['marker'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: null, alert: { above: 0 }, minRows: 0, rule: 'calibrated' },
  measure({ knownAt, current }) {
    const found = readyIn(current);
    const counts = { nCurrent: current.rows };
    if (found === null) return noReading('not_applicable', 'nobody looked for a marker', counts);
    const { all, missing, until } = found;
    const [first] = missing;
    if (first !== undefined && knownAt < until) {
      return noReading('insufficient_data', `${first} is not there yet`, counts);
    }
    const details = { markers: all.length, missing, until };
    return reading({ value: missing.length, ...counts, details });
  },
  say({ value, details }, _, timezone = 'UTC') {
    const [first = '', ...others] = details['missing'] as string[];
    const n = Number(details['markers']);
    if (value === 0) return n === 1 ? 'The marker is there.' : `All ${n} markers are there.`;
    const more = others.length === 0 ? '' : ` and ${others.length} more of ${n} markers`;
    const until = inZone(Number(details['until']), timezone);
    return `${first}${more} did not come by ${until}: judged by the rows that were there.`;
  },
};
