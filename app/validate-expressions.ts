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
}

/** Every `where`, also of a section that is wrong, and every `segments.by` that is no name. */
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
    ...references.flatMap((path) => [path, [...path, 'from']]),
  ].flatMap((under): Expression[] => {
    const path = [...under, 'where'];
    const text = valueAt(given, path);
    if (typeof text !== 'string' || text === '') return [];
    const own = known.filter((one) => one.path.join() === [...under, 'path'].join());
    return [{ path, text, sources: own.map(({ source }) => source) }];
  });
  if (!isRight('segments')) return wheres;
  const training = drift?.kind === 'training' ? [drift.from] : [];
  const isKnown = isRight('predictions') && isRight('reference');
  const sources = isKnown ? [monitor.predictions, ...training] : [];
  const parts = monitor.segments.flatMap((segment, index): Expression[] => {
    if (!isExpression(segment)) return [];
    return [{ path: ['segments', index, 'by'], text: segment.by, sources }];
  });
  return [...wheres, ...parts];
}
