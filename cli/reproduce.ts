import { findingReport } from '../app/finding-report.js';
import { reproduce, type Reproduced } from '../app/reproduce.js';
import { windowInWords } from '../calendar/words.js';
import type { Finding } from '../domain/finding.js';
import { partWords } from '../domain/naming.js';
import type { Unlike } from '../domain/reproducing.js';
import { isShown } from './findings.js';
import { columns, fitted } from './fitted.js';
import { cut, near, print, printJson, shownWord, verdictWord, wrap } from './output.js';
import { spanReport } from '../app/check-window.js';
import type { Context } from './context.js';
import { amountWords, countWords, valueWords } from './words.js';

/** Rows of the table; --json lists all. */
const MOST = 20;

/** `check --reproduce`: 0 when all findings are the same, 1 when one is not, 3 without any. */
export async function reproduceAction(
  { app, format }: Context,
  model: string,
  run: string,
): Promise<number> {
  const made = await reproduce(app, model, run);
  const exitCode = exitCodeOf(made);
  if (format === 'json') printJson(reportOf(made, exitCode));
  else print(textOf(made));
  return exitCode;
}

function exitCodeOf({ error, unlike }: Reproduced): 0 | 1 | 3 {
  if (error !== null) return 3;
  return unlike.length === 0 ? 0 : 1;
}

function reportOf(made: Reproduced, exitCode: number): Record<string, unknown> {
  const { monitor, commit, then, unlike, error } = made;
  const { checks } = monitor;
  const told = (one: Finding | null) => one && findingReport(one, checks);
  return {
    version: 1,
    model: commit.model,
    run: commit.run,
    window: spanReport(monitor, commit.window),
    rows: { then: commit.rows, now: made.rows },
    findings: then.length,
    same: sameOf(made),
    differences: unlike.map(({ then: before, now, fields }) => {
      return { fields, then: told(before), now: told(now) };
    }),
    changes: made.changes.map(near),
    limits: made.limits,
    error: error === null ? null : near(error),
    exitCode,
  };
}

const sameOf = ({ then, unlike }: Reproduced): number =>
  then.length - unlike.filter((one) => one.then !== null).length;

function textOf(made: Reproduced): string {
  const { monitor, commit, then, unlike, changes, limits, error } = made;
  const words = windowInWords(commit.window, monitor.windows.timezone);
  const title = `${commit.run} · ${words} · ${countWords(commit.rows)} rows`;
  const listed = (heading: string, lines: readonly string[]): string[] =>
    lines.length === 0
      ? []
      : ['', heading, ...lines.map((line) => wrap(near(line), columns(), '   '))];
  const result =
    error === null
      ? ` ${countWords(sameOf(made))} of ${amountWords(then.length, 'finding')} are the same.`
      : wrap(`Not evaluated: ${near(error)}`, columns(), ' ');
  const added = unlike.filter((one) => one.then === null).length;
  return [
    wrap(title, columns(), ''),
    '',
    result,
    ...(added === 0 || error !== null ? [] : [` ${amountWords(added, 'finding')} more than then.`]),
    ...(unlike.length === 0 || error !== null ? [] : ['', differenceTable(unlike)]),
    ...listed(' Other than then:', changes),
    ...listed(' Not kept:', limits),
  ].join('\n');
}

function differenceTable(unlike: readonly Unlike[]): string {
  const rows = unlike.slice(0, MOST).flatMap(({ then, now, fields }) => {
    const one = then ?? now;
    if (one === null) return [];
    const part = partWords(one);
    const place = cut(part === '' ? one.target : `${one.target}, ${part}`, 30);
    return [[one.check, place, saidOf(then), saidOf(now), fields.join(', ')]];
  });
  const more = unlike.length - rows.length;
  const table = fitted(['CHECK', 'TARGET', 'THEN', 'NOW', 'NOT THE SAME'], rows, 'NOT THE SAME');
  return more === 0 ? table : `${table}\n … and ${countWords(more)} more; --json lists all.`;
}

/** `0.312 ■ alert`; –: it was not there. */
function saidOf(finding: Finding | null): string {
  if (finding === null) return '–';
  const word = isShown(finding) ? shownWord() : verdictWord(finding.verdict);
  return `${valueWords(finding)} ${word}`.trim();
}
