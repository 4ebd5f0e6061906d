import { expect, test } from 'vitest';
import { modelHead, type Deps } from '../../activities/deps.js';
import { tell } from '../../activities/tell.js';
import type { Mark } from '../../domain/finding.js';
import type { ModelHead } from '../../domain/model.js';
import { commitFor, DAY, evaluation, withLake } from '../support/lake.js';

const END = Date.UTC(2026, 2, 2);
const mark: Mark = {
  ...{ check: 'volume', target: 'rows', slice: '', category: 'data-quality', verdict: 'alert' },
  ...{ patience: 1, running: null, source: null },
};

test('a window that was under way when its monitor was taken away tells no alert', () =>
  withLake(async (lake) => {
    const told: string[] = [];
    const tellAlert = (model: string, category: string) => {
      told.push(`${model}/${category}`);
      return Promise.resolve();
    };
    const deps = { lake, entities: { tellAlert } } as unknown as Deps;
    const put = (retiredAt: number | null) =>
      lake.updateHead<Partial<ModelHead>>(modelHead('churn'), () => ({ retiredAt }));
    await lake.commit(commitFor(evaluation(END), 'file', { verdict: 'alert', marks: [mark] }));
    const window = { model: 'churn', windowEnd: END, revision: 1 };
    await put(null);
    await tell(deps, window);
    expect(told).toEqual(['churn/data-quality']);
    await put(END + DAY);
    await tell(deps, window);
    expect(told).toEqual(['churn/data-quality']);
  }));
