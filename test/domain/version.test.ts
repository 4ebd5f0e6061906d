import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contradictions,
  differences,
  trainedVersion,
  type ModelVersion,
} from '../../domain/version.js';
import { result } from '../trainers/jobs.js';

const HASH = 'a'.repeat(64);

function version(part: Partial<ModelVersion> = {}): ModelVersion {
  return {
    model: 'churn',
    version: 'churn-7',
    code: '3f2a1c9',
    hyperparameters: { max_depth: 6, eta: 0.1 },
    preprocessing: { config: { impute: 'median' }, path: null, sha256: HASH },
    training: { path: 'train.parquet', sha256: HASH, rows: 10, from: 0, to: 1 },
    artefacts: [{ path: 'model.onnx', sha256: HASH }],
    evaluation: { data: 'September', metrics: { roc_auc: 0.81 }, plots: [] },
    parents: ['churn-6'],
    notes: null,
    ...part,
  };
}

test('what differs is told by its path, in the order of what there is to say', () => {
  const other = version({
    version: 'churn-8',
    hyperparameters: { max_depth: 8, 'clf.n': [1, 2] },
    training: null,
    artefacts: [
      { path: 'model.onnx', sha256: 'b'.repeat(64) },
      { path: 's3://m/x', sha256: null },
    ],
    parents: ['churn-6', 'churn-7'],
  });
  const told = differences(version(), other).map(({ what, before, after }) => [
    what,
    before,
    after,
  ]);
  expect(told).toEqual([
    ['training.path', 'train.parquet', null],
    ['training.sha256', HASH, null],
    ['training.rows', '10', null],
    ['training.from', '0', null],
    ['training.to', '1', null],
    ['hyperparameters.max_depth', '6', '8'],
    ['hyperparameters.eta', '0.1', null],
    ['hyperparameters["clf.n"]', null, '1, 2'],
    ['artefacts[model.onnx]', HASH, 'b'.repeat(64)],
    ['artefacts[s3://m/x]', null, 'no hash'],
    ['parents', 'churn-6', 'churn-6, churn-7'],
  ]);
});

test('a key with a dot is not a key within another', () => {
  const flat = version({ hyperparameters: { 'a.b': 1 } });
  const deep = version({ hyperparameters: { a: { b: 1 } } });
  expect(differences(flat, deep)).toHaveLength(2);
});

const settings = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 4 }),
  fc.oneof(fc.integer(), fc.string({ minLength: 1 }), fc.boolean()),
);

test('nothing differs from itself, and both directions tell the same things', () => {
  fc.assert(
    fc.property(settings, settings, (one, other) => {
      const [a, b] = [version({ hyperparameters: one }), version({ hyperparameters: other })];
      expect(differences(a, structuredClone(a))).toEqual([]);
      const back = differences(b, a).map(({ what, before, after }) => {
        return { what, before: after, after: before };
      });
      const sorted = (list: ReturnType<typeof differences>) =>
        [...list].sort((x, y) => (x.what < y.what ? -1 : 1));
      expect(sorted(back)).toEqual(sorted(differences(a, b)));
    }),
  );
});

test('a hash that is not known any more contradicts nothing; another one does', () => {
  const gone = { path: 'train.parquet', sha256: null, rows: 10, from: 0, to: 1 };
  const artefacts = [{ path: 'model.onnx', sha256: null }];
  expect(contradictions(version(), version({ training: gone, artefacts }))).toEqual([]);
  const other = version({ training: { ...gone, sha256: 'b'.repeat(64) } });
  expect(contradictions(version(), other).map(({ what }) => what)).toEqual(['training.sha256']);
  const fewer = version({ hyperparameters: { max_depth: 6 } });
  expect(contradictions(version(), fewer).map(({ what }) => what)).toEqual(['hyperparameters.eta']);
});

test('what a trainer says of its version is kept, with rows acted on that had no weight', () => {
  const of = (more: object, parent: string | null = 'v1') =>
    trainedVersion({ model: 'eta', result: { ...result, ...more }, parent, rows: 7 });
  expect(of({ unweightedActed: 0 })).toMatchObject({
    ...{ model: 'eta', version: 'v2', parents: ['v1'] },
    training: { path: result.reference, rows: 7, to: result.trainedUntil, unweightedActed: 0 },
    evaluation: { data: result.data, metrics: result.metrics },
  });
  expect(of({}).training).not.toHaveProperty('unweightedActed');
  expect(of({}, 'v2').parents).toEqual([]);
});
