import type { ChangedInput } from '../domain/causes/changed.js';
import { percent } from '../domain/judging/figures.js';
import { inZone } from '../domain/zone.js';
import { section } from './fitted.js';
import { cut } from './output.js';
import { valueWords } from './words.js';

/** Inputs that are listed; the others are counted. */
const MOST = 20;

/** Of inputs that changed since the reference: their name, since when, importance, source, how. */
export function changedRows(changed: readonly ChangedInput[], timezone: string): string[][] {
  return changed.map(({ feature, since, findings, importance, source }) => [
    feature,
    since === null ? 'not known' : inZone(since, timezone).replace(/ (00:00 )?\S+$/, ''),
    importance === null ? 'not known' : percent(importance),
    source ?? '–',
    findings.map((one) => one.hard ?? `${one.check} ${valueWords(one)}`).join(', '),
  ]);
}

/** Which inputs changed since the reference, one line each; nothing where none did. */
export function changedLines(changed: readonly ChangedInput[], timezone: string): string[] {
  const rows = changedRows(changed.slice(0, MOST), timezone).map(
    ([feature = '', since = '', importance = '', source = '', how = '']) => [
      ...[cut(feature, 20), since, importance],
      ...[cut(source, 14), how],
    ],
  );
  const more = changed.length - rows.length;
  const head = ['FEATURE', 'SINCE', 'IMPORTANCE', 'SOURCE', 'HOW MUCH'];
  const lines = section(' Inputs that are not what they were in the reference:', head, rows);
  return more > 0 ? [...lines, `   and ${more} more`] : lines;
}
