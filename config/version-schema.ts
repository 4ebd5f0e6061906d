import { z } from 'zod';
import { count, instant, text } from './scalars.js';

const MOST_LETTERS = 200;

const wantedName = `expected the name of a version, 1 to ${MOST_LETTERS} characters`;
/** A whole number is a name, too; of `1.10` as a number a digit is gone. */
const name = z
  .union([z.string(), z.int()], {
    error: ({ input }) =>
      typeof input === 'number' ? 'expected quotes around it, as "1.10"' : wantedName,
  })
  .transform(String)
  .refine((given) => given.length > 0 && given.length <= MOST_LETTERS, { error: wantedName });

const sha256 = z
  .string({ error: 'expected a sha256, 64 hex digits' })
  .regex(/^[0-9a-f]{64}$/i, { error: 'expected a sha256, 64 hex digits' })
  .transform((given) => given.toLowerCase());

const path = text('a path or an address, as models/churn-7.onnx');
const fileKeys = { path, sha256: sha256.optional() };
const artefact = z.union([path.transform((given) => ({ path: given })), z.strictObject(fileKeys)], {
  error: 'expected a path, or { path, sha256 }',
});
const artefacts = z
  .array(artefact, { error: 'expected a list of paths, as [models/churn-7.onnx]' })
  .default([]);

const settings = z.record(z.string(), z.unknown(), {
  error: 'expected names with their values, as { max_depth: 6 }',
});

const training = z
  .strictObject({ ...fileKeys, rows: count(0).optional() })
  .extend({ from: instant.optional(), to: instant.optional() })
  .extend({ unweighted_acted: count(0).optional() })
  .superRefine(({ from, to }, context) => {
    if (from === undefined || to === undefined || to > from) return;
    context.addIssue({ code: 'custom', path: ['to'], message: 'expected a time after from' });
  });

const evaluation = z.strictObject({
  data: text('words on the rows that it was measured on').optional(),
  metrics: z
    .record(z.string(), z.number({ error: 'expected a number' }), {
      error: 'expected numbers by name, as { roc_auc: 0.8 }',
    })
    .default({}),
  plots: artefacts,
});

/** What a file says of a version, as `models register` reads it. */
export const versionSchema = z.strictObject({
  version: name,
  code: text('a commit, a tag or an image, in quotes where it is all digits').optional(),
  hyperparameters: settings.default({}),
  preprocessing: z
    .union([text('the path of a file'), settings], {
      error: 'expected names with their values, or the path of a file',
    })
    .optional(),
  training: training.optional(),
  artefacts,
  evaluation: evaluation.optional(),
  parents: z.array(name, { error: 'expected a list of versions, as [churn-6]' }).default([]),
  notes: text('a text').optional(),
});

/** The same as plain values, with every default. */
export type VersionText = z.output<typeof versionSchema>;

/** One that says everything it can: where the examples in errors come from. */
export const exampleVersion = {
  version: 'churn-7',
  code: '3f2a1c9',
  hyperparameters: { max_depth: 6, eta: 0.1 },
  preprocessing: { impute: 'median', scale: true },
  training: {
    path: 'data/train-7.parquet',
    rows: 120000,
    from: '2026-01-01',
    to: '2026-09-01',
    unweighted_acted: 0,
  },
  artefacts: ['models/churn-7.onnx'],
  evaluation: {
    data: 'rows of September, never trained on',
    metrics: { roc_auc: 0.81 },
    plots: ['plots/roc-7.png'],
  },
  parents: ['churn-6'],
  notes: 'the new tariff is in',
};
