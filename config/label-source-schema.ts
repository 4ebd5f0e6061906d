import { z } from 'zod';
import type { LabelSourceColumn } from '../domain/label-source.js';
import { column, values } from './scalars.js';

const MEANINGS = ['model', 'rule', 'human_assisted', 'human_blind'] as const;

const source = values('label source').default([]);

/** `labels[].label_source:`, who made a label. */
export const labelSource = z
  .strictObject({
    column,
    model: source,
    rule: source,
    human_assisted: source,
    human_blind: source,
    blind_at_random: z.boolean({ error: 'expected true or false' }).default(false),
  })
  .superRefine((given, context) => {
    const named = MEANINGS.flatMap((key) =>
      given[key].map((value, place) => ({ value, key, place })),
    );
    if (named.length === 0) {
      const message = `expected one of ${MEANINGS.join(', ')}: the values that are no outcome`;
      context.addIssue({ code: 'custom', message: `${message}. Example: model: [auto]` });
    }
    named.forEach(({ value, key, place }, index) => {
      const first = named.slice(0, index).find((other) => other.value === value);
      if (first === undefined) return;
      const message = `"${value}" is in ${first.key}, too: expected it once`;
      context.addIssue({ code: 'custom', path: [key, place], message });
    });
    if (given.blind_at_random && given.human_blind.length === 0) {
      const message = 'expected human_blind beside it: the values of what was drawn at random';
      context.addIssue({ code: 'custom', path: ['blind_at_random'], message });
    }
  })
  .transform(({ human_assisted, human_blind, blind_at_random, ...given }): LabelSourceColumn => ({
    ...given,
    humanAssisted: human_assisted,
    humanBlind: human_blind,
    blindAtRandom: blind_at_random,
  })) satisfies z.ZodType<LabelSourceColumn>;
