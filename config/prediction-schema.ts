import { z } from 'zod';
import type { Prediction } from '../domain/prediction.js';
import { column, count, oneOf } from './scalars.js';

const predictionKeys = ['score', 'value', 'label', 'position'] as const;

const probabilities = z
  .record(z.string(), column, { error: 'expected the columns by class, as { cat: p_cat }' })
  .meta({ description: 'Class: column of its probability.' });

/** `columns.prediction:`, what a row says. */
export const prediction = z
  .strictObject({
    score: column.optional(),
    value: column.optional(),
    label: column.optional(),
    probabilities: probabilities.optional(),
    request: column.optional(),
    item: column.optional(),
    position: column.optional(),
    relevance: column.optional(),
    k: count(1).optional(),
    kind: oneOf(['probability', 'value', 'label', 'ranking']).optional(),
    threshold: z
      .union([z.number(), column], {
        error: 'expected a number from 0 to 1, or the column of the threshold of each row',
      })
      .optional(),
    higher_is: oneOf(['positive'], ['negative']).optional(),
    use: oneOf(['first', 'last']).optional(),
  })
  .superRefine((given, context) => {
    const named = predictionKeys.filter((key) => given[key] !== undefined);
    if (named.length !== 1) {
      const got = named.join(' and ') || 'none';
      const message = `expected one of score, value, label, position, got ${got}`;
      context.addIssue({ code: 'custom', message: `${message}. Example: { score: p }` });
    }
    for (const { key, message } of keyFaults(given)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
    const isProbability = kindOf(given) === 'probability';
    if (given.threshold !== undefined && !isProbability) {
      const message = 'expected none: only a probability has a threshold';
      context.addIssue({ code: 'custom', path: ['threshold'], message });
    }
    if (typeof given.threshold === 'number' && (given.threshold < 0 || given.threshold > 1)) {
      const message = 'expected a number from 0 to 1';
      context.addIssue({ code: 'custom', path: ['threshold'], message });
    }
  })
  .transform((given): Prediction => {
    const name = given.score ?? given.value ?? given.label ?? given.position ?? '';
    const { probabilities: chances, request, item, relevance = null, k = 10, use } = given;
    const isRanking = request !== undefined && item !== undefined;
    return {
      ...{ kind: kindOf(given), column: name, threshold: given.threshold ?? 0.5 },
      ...(use === undefined ? {} : { use }),
      ...(chances === undefined ? {} : { probabilities: chances }),
      ...(isRanking ? { ranking: { request, item, relevance, k } } : {}),
    };
  }) satisfies z.ZodType<Prediction>;

type Given = Partial<Record<string, unknown>> & { kind?: Prediction['kind'] | undefined };

/** Keys that contradict the kind of the prediction, and those that a ranking cannot do without. */
function keyFaults(given: Given): { key: string; message: string }[] {
  const faults = ['request', 'item', 'relevance', 'k'].flatMap((key) => {
    if (given[key] === undefined || given['position'] !== undefined) return [];
    return [{ key, message: 'expected none: only a ranking, which has a position, has one' }];
  });
  if (given['probabilities'] !== undefined && given['label'] === undefined) {
    const message = 'expected none: probabilities of classes stand beside label';
    faults.push({ key: 'probabilities', message });
  }
  const said = kindFault(given);
  if (said !== null) faults.push({ key: 'kind', message: said });
  if (given['position'] === undefined) return faults;
  const missing = ['request', 'item'].filter((key) => given[key] === undefined);
  return [
    ...faults,
    ...missing.map((key) => ({
      key,
      message: `missing: the column of the ${key}; a ranking has one`,
    })),
  ];
}

/** A score may be of any kind but a ranking; every other key says its kind. */
function kindFault(given: Given): string | null {
  const { kind } = given;
  if (kind === undefined || given['score'] !== undefined) {
    return kind === 'ranking' ? 'expected another kind: a ranking has a position' : null;
  }
  const own = kindOf({ ...given, kind: undefined });
  return predictionKeys.some((key) => given[key] !== undefined) && kind !== own
    ? `expected ${own}, as its key says`
    : null;
}

function kindOf(given: Given): Prediction['kind'] {
  if (given.kind !== undefined) return given.kind;
  if (given['position'] !== undefined) return 'ranking';
  if (given['value'] !== undefined) return 'value';
  return given['label'] === undefined ? 'probability' : 'label';
}
