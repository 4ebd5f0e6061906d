import { averagedRatio, classRatio, PRECISION, RECALL } from '../../../stats/confusion.js';
import type { Confusion, Estimate } from '../../../stats/confusion.js';
import { meanInterval } from '../../../stats/intervals.js';
import type { Case } from './cases.js';
import { numpyRandom } from './numpy.js';

/** Rows of the reference that the cases draw. */
const ROWS = 10_000;

/** The two columns of a case: numpy's after `seed(1)` and fifty numbers that are used elsewhere. */
function drawn(of: (uniform: number) => number): readonly [number[], number[]] {
  const { uniform } = numpyRandom(1);
  for (let k = 0; k < 50; k++) uniform();
  const column = () => Array.from({ length: ROWS }, () => of(uniform()));
  return [column(), column()];
}

/** numpy's binomial(1, 0.5): one uniform number, by inversion. */
function confusion(): Confusion {
  const [labels, predictions] = drawn((uniform) => Number(uniform > 0.5));
  const rows = [new Float64Array(2), new Float64Array(2)];
  labels.forEach((label, row) => {
    const [counts, predicted] = [rows[label], predictions[row] ?? 0];
    if (counts !== undefined) counts[predicted] = (counts[predicted] ?? 0) + 1;
  });
  return { classes: ['0', '1'], rows };
}

/** The standard error of as many rows as a chunk has, from that of all. */
const ofChunk = (error: number, one: Case): number =>
  error * Math.sqrt(ROWS / Number(one.params['chunk_size']));

const ofShare = (estimate: (counts: Confusion) => Estimate | null) => (one: Case) =>
  ofChunk(estimate(confusion())?.standardError ?? NaN, one);

const ofLoss = (loss: (label: number, predicted: number) => number) => (one: Case) => {
  const [labels, predictions] = drawn((uniform) => uniform);
  const losses = labels.map((label, row) => loss(label, predictions[row] ?? NaN));
  const sum = losses.reduce((all, x) => all + x, 0);
  const squares = losses.reduce((all, x) => all + x * x, 0);
  const error = meanInterval({ n: ROWS, sum, squares })?.standardError ?? NaN;
  // that tool divides by n where we divide by n - 1
  return ofChunk(error * Math.sqrt((ROWS - 1) / ROWS), one);
};

/** Metric → the standard error of our estimate of it, for one chunk. */
export const samplingErrors: Readonly<Record<string, (one: Case) => number>> = {
  sampling_error_precision: ofShare((counts) => classRatio(counts, PRECISION, '1')),
  sampling_error_recall: ofShare((counts) => classRatio(counts, RECALL, '1')),
  sampling_error_specificity: ofShare((counts) => classRatio(counts, RECALL, '0')),
  sampling_error_accuracy: ofShare((counts) => averagedRatio(counts, RECALL, 'micro')),
  sampling_error_mse: ofLoss((label, predicted) => (label - predicted) ** 2),
  sampling_error_msle: ofLoss(
    (label, predicted) => (Math.log1p(label) - Math.log1p(predicted)) ** 2,
  ),
  sampling_error_mape: ofLoss((label, predicted) => Math.abs((label - predicted) / label)),
};
