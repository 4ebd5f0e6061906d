import { z } from 'zod';
import { figure } from '../domain/judging/figures.js';
import { seriesIn } from '../domain/series.js';
import { BEFORE, heldBefore, sayBefore, SIDES } from './before.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';

interface SystemMetric {
  versus: (typeof BEFORE)[number];
  worse: (typeof SIDES)[number];
}

/**
 * What a series of `metrics` came to in the window. `details.reference`, which `drop` counts from,
 * is the median of the last 28 windows, 3 at least, or the value of the window one week before.
 * Windows of another length, or of another query, do not count.
 */
export const systemMetric: Written<SystemMetric> = {
  name: 'system_metric',
  question: 'How does the system that serves the model do?',
  unit: 'that of the series',
  category: 'system',
  action: 'See what the service, its machine and what it calls did in the window.',
  over: 'series',
  needs: ['series'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({
    versus: z.enum(BEFORE, { error: `expected ${BEFORE.join(' or ')}` }),
    worse: z.enum(SIDES, { error: `expected ${SIDES.join(' or ')}` }),
  }),
  defaults: {
    ...{ versus: 'usual', worse: 'higher' },
    ...{ warn: null, alert: null, minRows: 0, rule: 'calibrated' },
  },
  measure(evidence, target, { versus }) {
    const { current } = evidence;
    const now = seriesIn(current, target);
    const counts = { nCurrent: current.rows };
    if (now === null) return noReading('not_evaluated', NOT_ASKED, counts);
    if (now.lack === 'error') return noReading('error', now.why, counts);
    if (now.lack === 'none') return noReading('insufficient_data', now.why, counts);
    const { value, points, room, of: series, warning } = now;
    const held = heldBefore(evidence, versus, (profile) => {
      const found = seriesIn(profile, target);
      return found?.of === series && found.lack === '' ? found.value : null;
    });
    return reading({ value, ...counts, details: { series, points, room, warning, ...held } });
  },
  say(found, target, timezone = 'UTC') {
    const { series, points, room, warning } = found.details;
    const aggregate = String(series).split(' ')[0] ?? '';
    const seen = points === room ? figure(Number(room)) : `${String(points)} of ${String(room)}`;
    const warns = warning === '' ? '' : ` The server warns: ${String(warning)}.`;
    const now = `${target} is ${figure(found.value ?? NaN)}${sayBefore(found, timezone)}`;
    return `${now}; ${aggregate} of ${seen} points.${warns}`;
  },
};

const NOT_ASKED =
  'nobody asked for this series when the window was evaluated; ' +
  '"aftercare backfill --again" asks, as far back as the server remembers';
