import { notesOf, type Checked } from '../app/check.js';
import { windowInWords } from '../calendar/words.js';
import { isOfLabels } from '../domain/check.js';
import type { Finding } from '../domain/finding.js';
import { acceptLines, levelLine } from './accept.js';
import { adviceReasons } from './advice-reasons.js';
import { changedLines } from './changed.js';
import { titleOf } from './check-title.js';
import { exitWords } from './exit-codes.js';
import { expectedLines } from './expected.js';
import { loopLines } from './loop.js';
import { findingsTable, isShown } from './findings.js';
import { countLine, near, wrap } from './output.js';
import { amountWords } from './words.js';

/** `unfolded`: what a broken rule explains is listed too; `every`: all findings are. */
interface Shown {
  exitCode: number;
  detail: 'brief' | 'unfolded' | 'every';
}

/** All that a check found, in at most 80 columns, and how it ends. */
export function checkTable(checked: Checked, shown: Shown): string {
  const { exitCode, detail } = shown;
  const isEvery = detail === 'every';
  const { monitor, evaluated, counts } = checked;
  const { evaluation } = evaluated;
  const { rows: cut, timezone } = monitor.windows;
  const title = titleOf(checked).join(' · ');
  const lines = [wrap(title, 80, ''), ''];
  for (const level of checked.accepted)
    lines.push(wrap(`Accepted: ${levelLine(level, timezone)}`, 80, ' '), '');
  for (const text of expectedLines(checked.findings)) lines.push(wrap(text, 80, ' '), '');
  for (const note of notesOf(checked)) lines.push(wrap(`Note: ${near(note)}`, 80, ' '), '');
  if (evaluation.error !== null)
    lines.push(wrap(`Not evaluated: ${near(evaluation.error)}`, 80, ' '), '');
  // What could not be read has one cause: no check has more to say.
  else {
    const told = isEvery ? checked.findings : checked.findings.filter((one) => !isBare(one));
    lines.push(findingsTable(told, detail));
    const bare = checked.findings.length - told.length;
    if (bare > 0) lines.push(` ${amountWords(bare, 'check')}: the window has no rows.`);
    lines.push('');
  }
  const changed = changedLines(checked.changed, timezone);
  if (changed.length > 0) lines.push(...changed.slice(1), '');
  if (checked.mature !== null) lines.push(...matureLines(checked, shown));
  if (checked.loop !== null && evaluation.error === null)
    lines.push(...loopLines(checked.loop), '');
  return [
    ...lines,
    ...adviceLines(checked),
    ...(checked.oneOff || cut !== undefined
      ? []
      : apart(acceptLines(monitor.model.id, checked.findings, monitor.checks))),
    ` ${countLine(counts, checked.findings.filter(isShown).length)}`,
    `exit ${exitCode} (${exitWords(exitCode)})`,
  ].join('\n');
}

function adviceLines({ advice }: Checked): string[] {
  const [first = '', ...others] = adviceReasons(advice);
  return [
    wrap(`Advice: ${advice.action} — ${first}`, 80, ' '),
    ...others.map((text) => wrap(text, 80, '   ')),
  ];
}

/** With an empty line on both sides; nothing stays nothing. */
const apart = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', ...lines.filter((line, i) => i > 0 || line !== ''), ''];

/** True where an empty window is all that a check has to say. */
const isBare = ({ reason, details }: Finding): boolean =>
  reason === 'insufficient_data' && details['note'] === 'the window has no rows';

/** What the newest mature window says of the metrics whose labels are not there yet. */
function matureLines({ mature, monitor }: Checked, { detail }: Shown): string[] {
  if (mature === null) return [];
  const words = windowInWords(mature.window, monitor.windows.timezone);
  const none = ' No window with rows has mature labels yet: the newest that could,';
  if (mature.isEmpty) return [none, ` ${words}, has none`, ''];
  const findings = mature.findings.filter(isOfLabels);
  return [
    ` Newest window with mature labels: ${words}`,
    ' (does not count for the exit code)',
    findingsTable(findings, detail),
    '',
  ];
}
