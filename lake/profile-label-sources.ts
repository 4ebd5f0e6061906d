import { meaningsOf } from '../domain/label-source.js';
import type { Monitor } from '../domain/monitor.js';
import { quoteName, quoteText } from './ask.js';
import { plainText } from './window-time.js';

/** True where outcomes tell who made their labels. */
export const isSourced = ({ labels }: Pick<Monitor, 'labels'>): boolean =>
  labels?.labelSource !== undefined;

/** The question for the first label of each key, and SQL of none, and of who made a joined one. */
export function askingSource(monitor: Pick<Monitor, 'labels'>) {
  return isSourced(monitor)
    ? ({
        ...{ question: 'performance/labels_sourced', none: "'' as label, '' as source" },
        source: ", coalesce(l.source, '') as source",
      } as const)
    : ({ question: 'performance/labels', none: "'' as label", source: '' } as const);
}

/**
 * `, <SQL> as source`: who made the label of a row of these types, a SourceOfLabel, '' of all where
 * the column is gone; nothing where the monitor names none.
 */
export function sourceOf(
  { labels }: Pick<Monitor, 'labels'>,
  types: Readonly<Record<string, string>>,
): string {
  const spec = labels?.labelSource;
  if (spec === undefined) return '';
  if (!(spec.column in types)) return ", '' as source";
  const text = plainText(quoteName(spec.column), types[spec.column] ?? '');
  const cases = meaningsOf(spec).flatMap(([word, values]) =>
    values.length === 0
      ? []
      : [`when ${text} in (${values.map(quoteText).join(', ')}) then '${word}'`],
  );
  const none = `when ${text} is null or trim(${text}) = '' then ''`;
  return `, case ${none} ${cases.join(' ')} else 'outcome' end as source`;
}
