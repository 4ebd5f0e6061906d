import { valueAt } from '../config/known-keys.js';
import type { DraftMonitor } from '../config/load.js';
import type { SourceSpec } from '../domain/monitor.js';
import { isExpression } from '../lake/window-parts.js';
import { sourcesOf } from './validate-sources.js';

/** SQL that a monitor file says, and where. */
export interface Expression {
  path: readonly (string | number)[];
  text: string;
  /** Whose columns it is over; []: that is not known. */
  sources: readonly SourceSpec[];
  /** `rows`: one value of all of them. */
  over: 'row' | 'rows';
  /** Of the columns as they are before others are made of them. */
  makes?: true;
}

/**
 * Every `where` and `select`, also of a section that is wrong, every `segments.by` that is no name,
 * and every `sql` of the checks.
 */
export function expressionsOf(draft: DraftMonitor): Expression[] {
  const { given, monitor, isRight } = draft;
  const { others, drift } = monitor.reference;
  const known = sourcesOf(draft);
  const references = [
    ['reference', 'drift'],
    ...Object.keys(others).map((name) => ['reference', 'others', name]),
  ];
  const wheres = [
    ['predictions', 'from'],
    ['labels', 0, 'from'],
    ...(monitor.predictions.joins ?? []).map((_, index) => ['joins', index, 'from']),
    ...references.flatMap((path) => [path, [...path, 'from']]),
  ].flatMap((under): Expression[] => {
    const path = [...under, 'where'];
    const text = valueAt(given, path);
    if (typeof text !== 'string' || text === '') return [];
    const own = known.filter((one) => one.path.join() === [...under, 'path'].join());
    return [{ path, text, sources: own.map(({ source }) => source), over: 'row' }];
  });
  const training = drift?.kind === 'training' ? [drift.from] : [];
  const isKnown = isRight('predictions') && isRight('joins') && isRight('reference');
  const sources = isKnown ? [monitor.predictions, ...training] : [];
  const segments = valueAt(given, ['segments']);
  const parts = (Array.isArray(segments) ? segments : []).flatMap((one, index): Expression[] => {
    const by = valueAt(one, ['by']);
    if (typeof by !== 'string' || by === '' || !isExpression({ by })) return [];
    return [{ path: ['segments', index, 'by'], text: by, sources, over: 'row' }];
  });
  return [...selectsOf(draft), ...wheres, ...parts, ...customsOf(draft)];
}

function selectsOf({ given, monitor, isRight }: DraftMonitor): Expression[] {
  const select = valueAt(given, ['predictions', 'select']);
  const sources = isRight('predictions') ? [monitor.predictions] : [];
  return Object.entries(select ?? {}).flatMap(([name, text]: [string, unknown]): Expression[] => {
    if (typeof text !== 'string' || text === '') return [];
    return [{ path: ['predictions', 'select', name], text, sources, over: 'row', makes: true }];
  });
}

function customsOf({ given, monitor, isRight }: DraftMonitor): Expression[] {
  const isKnown = isRight('predictions') && isRight('joins');
  const sources = isKnown ? [monitor.predictions] : [];
  const lists = [['checks'], ['checks', 'only']];
  return lists.flatMap((under) => {
    const list = valueAt(given, under);
    return (Array.isArray(list) ? list : []).flatMap((one, index): Expression[] => {
      const text = valueAt(one, ['sql']);
      if (typeof text !== 'string' || text === '') return [];
      return [{ path: [...under, index, 'sql'], text, sources, over: 'rows' }];
    });
  });
}
