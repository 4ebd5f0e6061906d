import type { PastEpisode } from '../app/alerts.js';
import type { AlertSummary } from '../domain/alert.js';
import { worstFindings } from '../domain/alerting/worst.js';
import type { Finding } from '../domain/finding.js';
import { troublesWords } from '../domain/naming.js';
import { findingsTable } from './findings.js';
import { columns, section } from './fitted.js';
import { severityWord, wrap } from './output.js';
import { instantWords } from './words.js';

/** What backfills found; of windows that one of the alerts is about it is no other trouble. */
export function pastSection(
  past: readonly PastEpisode[],
  alerts: readonly AlertSummary[] = [],
): string[] {
  const isLive = past.some(({ model, category, from, to }) =>
    alerts.some(
      (alert) =>
        `${alert.model}/${alert.category}` === `${model}/${category}` &&
        from <= alert.lastWindow &&
        (to ?? Infinity) >= (alert.firstWindow ?? alert.lastWindow),
    ),
  );
  const also = isLive ? [wrap(ALSO_LIVE, columns(), '')] : [];
  const rows = past.map(({ model, category, severity, from, to, members, timezone }) => [
    `${model}/${category}`,
    severityWord(severity),
    `${instantWords(from, timezone)} → ${to === null ? BACKFILL_END : instantWords(to, timezone)}`,
    troublesWords(members.map(namedBy)),
  ]);
  const title = 'Past episodes, found by a backfill: nobody was told';
  const [blank, first, ...lines] = section(title, ['ALERT', 'VERDICT', 'WINDOWS', 'WHAT'], rows);
  return blank === undefined || first === undefined ? [] : [blank, first, ...also, ...lines];
}

/** What it fired at last is not known to be over; a backfill knows no later window. */
const BACKFILL_END = 'end of the backfill';
const ALSO_LIVE =
  'Where its windows are also those of an alert above, it is the same trouble, judged over all ' +
  'windows of the backfill.';

/** Episodes that were never live, and what the first window of the last one says. */
export function pastText(past: readonly PastEpisode[], findings: readonly Finding[]): string {
  const [last] = past.slice(-1);
  const began =
    last === undefined || findings.length === 0
      ? []
      : ['', `How the last one began, in the window to ${instantWords(last.from, last.timezone)}:`];
  return [
    ...pastSection(past).slice(1),
    ...began,
    ...(began.length === 0 ? [] : [findingsTable(worstFindings(findings))]),
  ].join('\n');
}

/** A member's key `check/target/slice`, taken apart: a target may hold a slash of its own. */
export function namedBy(key: string): { check: string; target: string } {
  const [check = '', ...rest] = key.split('/');
  return { check, target: rest.slice(0, -1).join('/') };
}
