import { z } from 'zod';
import { formatDuration } from '../calendar/durations.js';
import { USUAL_LABELS } from '../domain/monitor.js';
import type { LabelSource, Monitor, StandIn } from '../domain/monitor.js';
import { absentLabels, toAbsent } from './absent-schema.js';
import { join, joinFaults, keysOf } from './join-schema.js';
import { labelSource } from './label-source-schema.js';
import { column, duration, oneOf, share, text, values } from './scalars.js';
import { standInFaults } from './stand-ins-schema.js';
import { timed } from './source-kinds.js';
import { source } from './source-schema.js';

const positive = values('label').meta({
  description: 'Label values that count as positive (default 1 and true).',
});

const label = z
  .strictObject({
    name: text('a name').default('target'),
    role: oneOf(['target', 'early_proxy', 'review']).default('target'),
    from: source.optional(),
    join: join.optional(),
    value: column,
    positive: positive.optional(),
    timestamp: column.optional(),
    absent: absentLabels.optional(),
    mature_after: duration.optional(),
    min_coverage: share.optional(),
    label_source: labelSource.optional(),
  })
  .superRefine((given, context) => {
    const { from, absent, mature_after: matureAfter } = given;
    if (from === undefined && absent !== undefined) {
      const message = 'expected none: without from, each prediction says its label itself';
      context.addIssue({ code: 'custom', path: ['absent'], message });
    }
    if (absent !== undefined && matureAfter !== undefined && matureAfter < absent.after) {
      const least = formatDuration(absent.after);
      const message = `expected at least ${least}, absent.after: until then a row may be either`;
      context.addIssue({ code: 'custom', path: ['mature_after'], message });
    }
    if (from !== undefined && matureAfter === undefined && absent === undefined) {
      const message = 'missing: how long after a window its labels are complete';
      context.addIssue({ code: 'custom', path: ['mature_after'], message });
    }
    if (given.from === undefined && given.join !== undefined) {
      const message = 'expected none: without from, the label is a column of the predictions';
      context.addIssue({ code: 'custom', path: ['join'], message });
    }
    for (const { path, message } of joinFaults(given)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    if (given.from !== undefined && given.label_source?.column === given.value) {
      const message = `"${given.value}" is the label: expected a column of its own`;
      context.addIssue({ code: 'custom', path: ['label_source', 'column'], message });
    }
  });

/** One entry of `labels:` as written; the join and the positive values may still be open. */
export type LabelGiven = z.output<typeof label>;

/** `labels:`, the source of the target, and those that stand in for it. */
export const labels = z
  .array(label, { error: 'expected a list of label sources' })
  .superRefine((given, context) => {
    for (const { path, message } of standInFaults(given)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });

/** The label source with what the other sections say: the ids to join on, whether classes. */
export function toLabels(
  given: LabelGiven | undefined,
  model: { id: readonly string[]; classes: boolean; timezone: string },
): LabelSource | null {
  if (given === undefined) return null;
  const { timestamp = null } = given;
  const labelTime = timestamp === null ? null : { column: timestamp, timezone: model.timezone };
  const own = Object.fromEntries(model.id.map((name) => [name, name]));
  return {
    name: given.name,
    from: given.from === undefined ? null : timed(given.from, labelTime),
    on: given.from === undefined ? {} : (keysOf(given.join) ?? own),
    ...(given.join?.within === undefined ? {} : { within: given.join.within }),
    value: given.value,
    positive: model.classes ? (given.positive ?? [...USUAL_LABELS.positive]) : [],
    timestamp,
    matureAfter: given.mature_after ?? given.absent?.after ?? 0,
    ...(given.absent === undefined ? {} : { absent: toAbsent(given.absent) }),
    ...(given.min_coverage === undefined ? {} : { minCoverage: given.min_coverage }),
    ...(given.label_source === undefined ? {} : { labelSource: given.label_source }),
  };
}

/** The label sources beside that of the target; {} for none. */
export function toStandIns(
  given: readonly LabelGiven[],
  model: Parameters<typeof toLabels>[1],
): Pick<Monitor, 'standIns'> {
  const standIns = given.flatMap((one): StandIn[] => {
    const source = toLabels(one, model);
    return source === null || one.role === 'target' ? [] : [{ ...source, role: one.role }];
  });
  return standIns.length === 0 ? {} : { standIns };
}

/** The label of rows that say themselves how relevant their item was; null: they do not. */
export function ratedLabel(column: string | null): LabelSource | null {
  if (column === null) return null;
  const known = { positive: [], timestamp: null, matureAfter: 0 };
  return { name: 'relevance', from: null, on: {}, value: column, ...known };
}
