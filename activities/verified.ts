import type { AdviceInput } from '../domain/advising/input.js';
import type { RetrainEvent, RetrainHead } from '../domain/request.js';
import { ofMetric, verifyRetraining, WINDOWS } from '../domain/requests/verify.js';
import type { Commit } from '../domain/run.js';
import type { Measuring } from './deps.js';

/**
 * Whether the last promotion helped, once two windows that began after it are mature; null: it is
 * known, nothing was promoted, or they are not there yet. A repeat gives the same. Reads only.
 */
export async function verificationOf(
  { lake }: Pick<Measuring, 'lake'>,
  from: { retrain: RetrainHead; mature: readonly Commit[] },
): Promise<Extract<RetrainEvent, { type: 'verified' }> | null> {
  const last = from.retrain.requests.find(({ status }) => status === 'succeeded');
  const since = last?.endedAt ?? Infinity;
  if (last?.result == null || last.verified !== undefined) return null;
  const after = from.mature.filter(({ window }) => window.start >= since).slice(0, WINDOWS);
  if (after.length < WINDOWS) return null;
  const { input } = await lake.getObject<{ input: AdviceInput }>('evidence', last.evidence);
  const metric = input.policy?.metric;
  if (metric === undefined) return null;
  const windows = await Promise.all(
    after.map(async ({ file }) => (await lake.readEvaluation(file)).findings),
  );
  const sides = { before: ofMetric(input.mature, metric), after: ofMetric(windows, metric) };
  const verification = verifyRetraining(last.result, metric, sides);
  if (verification === null) return null;
  return { type: 'verified', id: `verified/${last.id}`, request: last.id, verification };
}
