import { valueAt } from '../config/known-keys.js';
import { isExpression } from '../lake/window-parts.js';
import type { LoadedModel } from './load.js';

/** SQL that a monitor file says, and where. */
export interface Expression {
  path: (string | number)[];
  text: string;
}

/** Every `where` and every `segments.by` that is more than a name. */
export function expressionsOf({ given, published }: LoadedModel): Expression[] {
  const { others } = published.monitor.reference;
  const references = [
    ['reference', 'drift'],
    ...Object.keys(others).map((name) => ['reference', 'others', name]),
  ];
  const wheres = [
    ['predictions', 'from', 'where'],
    ['labels', 0, 'from', 'where'],
    ...references.flatMap((path) => [
      [...path, 'where'],
      [...path, 'from', 'where'],
    ]),
  ].flatMap((path): Expression[] => {
    const text = valueAt(given, path);
    return typeof text === 'string' ? [{ path, text }] : [];
  });
  const parts = published.monitor.segments.flatMap((segment, index): Expression[] => {
    return isExpression(segment) ? [{ path: ['segments', index, 'by'], text: segment.by }] : [];
  });
  return [...wheres, ...parts];
}
