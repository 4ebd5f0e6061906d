import type { Command } from 'commander';
import { acceptFinding, type AcceptInput } from '../app/accept.js';
import { plausible, toldLevel, type ToldLevel } from '../app/accepted-levels.js';
import { findingId } from '../domain/accepted.js';
import type { Finding } from '../domain/finding.js';
import { effects } from '../domain/level.js';
import type { CheckSpec } from '../domain/monitor.js';
import { actorOf, choice, option, runAction, withActor } from './context.js';
import { columns } from './fitted.js';
import { print, printJson, wrap } from './output.js';
import { amountWords, instantWords } from './words.js';

/** Findings that are offered for acceptance, the first ones. */
const MOST_OFFERED = 3;

/** `aftercare accept <finding...>`: what is new is right, until an instant. */
export function acceptCommand(program: Command): void {
  const command = program
    .command('accept <finding...>')
    .description('accept a new level of a column: a fix, a launch, a season')
    .addOption(
      choice(option('--effect <why>', 'why it changed', 'EFFECT'), effects).makeOptionMandatory(),
    )
    .addOption(
      option('--until <instant>', 'then its reference counts again', 'UNTIL').makeOptionMandatory(),
    )
    .addOption(option('--reason <text>', 'why it is right', 'REASON').makeOptionMandatory());
  withActor(command).action(
    (findings: string[], options: Pick<AcceptInput, 'effect' | 'until' | 'reason'>) =>
      runAction(command, async (context) => {
        const { app, format } = context;
        const by = await actorOf(context);
        const told: Record<string, unknown>[] = [];
        // What was accepted before a refusal stands; a repeat changes nothing.
        for (const finding of new Set(findings)) {
          const { level, isNew, timezone } = await acceptFinding(app, { finding, by, ...options });
          told.push({ ...toldLevel(level), isNew });
          const words = isNew ? newWords(level, timezone) : knownWords(level, timezone);
          if (format !== 'json') print(wrap(words, columns(), ''));
        }
        if (format === 'json') printJson(told.length === 1 ? told[0] : told);
        return 0;
      }),
  );
}

/** A level that stands, as one line: what, since when, until when, by whom and why. */
export function levelLine(level: ToldLevel, timezone: string): string {
  const { by, effect, reason } = level;
  const [from, until] = [level.from, level.until].map((at) => instantWords(at, timezone));
  return (
    `${levelName(level)}: as in the window from ${from}, accepted until ${until} by ${by} ` +
    `(${effect}: ${reason})`
  );
}

/** `amount (psi)`, `amount (psi, country = FR)` */
function levelName({ target, check, slice }: ToldLevel): string {
  const parts = Object.entries(slice).map(([name, value]) => `, ${name} = ${value}`);
  return `${target} (${check}${parts.join('')})`;
}

/** What follows from a level that was accepted just now. */
export function newWords(level: ToldLevel, timezone: string): string {
  const { target, effect } = level;
  const [from, until] = [level.from, level.until].map((at) => instantWords(at, timezone));
  const checks =
    target === 'rows' ? level.check : `every check of ${target} whose reference is older`;
  return (
    `Accepted until ${until} (${effect}): ${levelName(level)} as in the window from ${from}. ` +
    `Windows from then on are compared with that one by ${checks}; a further change is told.`
  );
}

function knownWords(level: ToldLevel, timezone: string): string {
  const { by, effect, reason, until } = level;
  const end = instantWords(until, timezone);
  return (
    `${levelName(level)} was accepted already by ${by} until ${end} (${effect}: ${reason}). ` +
    'Nothing changed.'
  );
}

/** How to accept what is off, as one command that can be pasted; [] when nothing can be. */
export function acceptLines(
  model: string,
  findings: readonly Finding[],
  specs: readonly CheckSpec[] = [],
): string[] {
  const offered = plausible(findings, specs);
  if (offered.length === 0) return [];
  const ids = offered.slice(0, MOST_OFFERED).map((finding) => quoted(findingId(model, finding)));
  const rest = offered.length - ids.length;
  return [
    'If a new level is right (a fix, a launch, a season), accept it:',
    ` aftercare accept ${ids.join(' \\\n   ')} \\`,
    '   --effect launch --until <date> --reason <why> --as <you>',
    ...(rest > 0
      ? [` … and of ${amountWords(rest, 'more column')}: --json names each finding`]
      : []),
  ];
}

/** For a shell: column names may hold anything. */
function quoted(id: string): string {
  return /^[\w@:/.=-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
}
