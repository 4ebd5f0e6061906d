import { expect, test } from 'vitest';
import type { App } from '../../app/app.js';
import { metricsText } from '../../app/metrics.js';
import type { ModelHead } from '../../domain/model.js';
import { DAY, evaluate, evaluation, finding, withLakeAndDuck } from '../support/lake.js';

test('scores that are lengths of time are in seconds, all others in their unit, of all rows', () =>
  withLakeAndDuck(async (lake, db) => {
    const findings = [
      finding({ check: 'freshness', target: 'rows', value: 7_200_000 }),
      finding({ check: 'model_age', target: 'model', value: 90 * DAY }),
      finding({ check: 'psi', target: 'income', value: 0.3 }),
      finding({ check: 'psi', target: 'income', value: 0.9, slice: { country: 'IT' } }),
    ];
    await evaluate(lake, db, evaluation(DAY, { findings }));
    await lake.updateHead<Partial<ModelHead>>('model/churn', () => ({
      ...{ model: 'churn', watermark: DAY, windows: [], failed: [], notEvaluated: 0 },
      retiredAt: null,
    }));
    const lines = (await metricsText({ lake } as App)).split('\n');
    expect(lines.filter((line) => line.startsWith('aftercare_score{'))).toEqual([
      // Two hours, and ninety days.
      'aftercare_score{model="churn",check="freshness",target="rows"} 7200',
      'aftercare_score{model="churn",check="model_age",target="model"} 7776000',
      'aftercare_score{model="churn",check="psi",target="income"} 0.3',
    ]);
  }));
