import type { CheckGiven } from './checks-schema.js';
import type { Fault, Sections } from './fault.js';

/** Weights are of rows that a metric counts one by one: not of chances of classes, nor requests. */
export function weightFaults({ columns }: Sections): Fault[] {
  const { weight, prediction } = columns ?? {};
  if (weight === undefined || prediction == null) return [];
  const of =
    prediction.ranking !== undefined
      ? 'requests of a ranking'
      : prediction.probabilities !== undefined
        ? 'probabilities of classes'
        : null;
  if (of === null) return [];
  return [{ path: ['columns', 'weight'], message: `expected none: ${of} are not weighed` }];
}

/** Rows of a reference are weighed one by one: rows that belong together cannot be. */
export function trainedFaults({ reference, columns, checks }: Sections): Fault[] {
  const { drift, others = {} } = reference ?? {};
  const all = { drift, ...others };
  return Object.entries(all).flatMap(([name, one]) => {
    if (one?.kind !== 'training' || one.weight === undefined) return [];
    const path = ['reference', ...(one === drift ? [] : ['others']), name, 'weight'];
    const { ranking, use } = columns?.prediction ?? {};
    const fault = (why: string): Fault[] => [{ path, message: `expected none: ${why}` }];
    if (ranking !== undefined) return fault('rows of a request are counted together');
    if (use !== undefined) return fault('rows of an entity are counted together');
    const drawn = (checks?.entries ?? []).find(({ check }) => check === 'multivariate');
    if (drawn === undefined || one !== drift) return [];
    return fault('multivariate draws rows whatever they weigh');
  });
}

/** A metric that is weighted needs the column of what rows weigh. */
export function weightedFaults(
  { check, params }: CheckGiven,
  { columns }: Sections,
  path: Fault['path'],
): Fault[] {
  const isLacking = columns !== undefined && columns.weight === undefined;
  if (params['weighted'] !== true || !isLacking) return [];
  const message = `${check} by weight needs columns.weight, the column of what rows weigh`;
  return [{ path: [...path, 'weighted'], message }];
}
