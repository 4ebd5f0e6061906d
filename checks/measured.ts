import type { CheckSpec, Monitor } from '../domain/monitor.js';
import { measureName } from '../domain/naming.js';
import type { Axis } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { against } from './against.js';
import { noReading } from './check.js';
import type { RegisteredCheck } from './check.js';
import { historyOf } from './history.js';
import { metrics } from './index.js';
import { shownOnly } from './questions.js';
import type { Question } from './questions.js';
import { limitsOf } from './rules.js';

/** What a question measures on its evidence; an error is a reading, too. */
export function measured(
  { check, spec, target }: Question,
  monitor: Monitor,
  evidence: Evidence,
): Reading {
  const { prediction } = monitor.columns;
  const column = prediction?.ranking?.item ?? prediction?.column ?? null;
  const asksColumn = 'column' in check.params.shape;
  const own = asksColumn ? { column, ...nonNull(spec.params) } : spec.params;
  const several = monitor.model.task === 'multiclass' && 'average' in check.params.shape;
  try {
    const given = several ? { average: 'macro', ...nonNull(own) } : own;
    const params = { ...check.params.parse(given), ...limitsOf(check, spec) };
    const seen =
      check.over === 'metric'
        ? withHistory(evidence, target, monitor)
        : against(evidence, { spec, target, reference: monitor.reference });
    return ofMeasure(check.measure(seen, target, params), check, evidence.grid.axes[target]);
  } catch (error) {
    return noReading(
      'error',
      error instanceof Error ? error.message : String(error),
    ) satisfies Reading;
  }
}

/** The evidence of a check over metrics: the target's values, measured as the monitor says. */
function withHistory(evidence: Evidence, target: string, monitor: Monitor): Evidence {
  const check = metrics.find(({ name }) => name === target);
  if (check === undefined) return evidence;
  const spec = monitor.checks.find((one) => one.check === target) ?? null;
  const question = { check, spec: spec ?? shownOnly(target), target, judged: true };
  const measure = (on: Evidence): Reading => measured(question, monitor, on);
  return { ...evidence, history: historyOf(evidence, { check, spec, measure }) };
}

/** Says in the details of what the numbers are, where it is not the values of the column. */
function ofMeasure(found: Reading, { ofColumn }: RegisteredCheck, axis: Axis | undefined): Reading {
  const of = axis === undefined || ofColumn === true ? null : measureName(axis);
  return of === null ? found : { ...found, details: { ...found.details, of } };
}

function nonNull(params: CheckSpec['params']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
}
