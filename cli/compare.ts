import type { Command } from 'commander';
import type { Compared, CompareInput } from '../app/compare.js';
import { kindOfPath } from '../domain/source.js';
import { comparisonTable } from './compare-table.js';
import {
  failOnOption,
  option,
  runAction,
  runPlain,
  withGlobals,
  type PlainContext,
} from './context.js';
import { print, printJson } from './output.js';

interface CompareOptions {
  columns?: readonly string[];
  segments?: readonly string[];
  checks?: readonly string[];
  report?: string;
  exact?: boolean;
  failOn: 'warn' | 'alert' | 'never';
  allowNoData?: boolean;
}

/** `aftercare compare <a> <b>`: two files side by side, without a monitor, or two windows. */
export function compareCommand(program: Command): void {
  const command = program
    .command('compare <a> <b>')
    .description(
      'what moved from a to b: two files, without a monitor, or windows as churn@2026-11-22',
    )
    .addOption(list('--columns <names>', 'only these columns, as amount,city or "a, b"', 'COLUMNS'))
    .addOption(list('--segments <names>', 'also part by part of these columns', 'SEGMENTS'))
    .addOption(list('--checks <names>', 'judge and show only these checks', 'CHECKS'))
    .addOption(option('--report <file>', 'write a page of HTML with pictures', 'REPORT'))
    .addOption(option('--exact', 'every value exact, not from bins', 'EXACT'))
    .addOption(failOnOption())
    .addOption(option('--allow-no-data', 'exit 0 when nothing could be judged', 'ALLOW_NO_DATA'));
  withGlobals(command).action((a: string, b: string, options: CompareOptions) => {
    if (!isWindow(a) || !isWindow(b)) {
      return runPlain(command, async (context) => {
        // Loaded when it is asked for: other commands have no use for it.
        const { compareFiles } = await import('../app/compare.js');
        return show(
          context,
          options,
          await compareFiles(inputOf(context.settings, [a, b], options)),
        );
      });
    }
    return runAction(command, async ({ app, ...context }) => {
      const { compareWindows } = await import('../app/compare-windows.js');
      const input = inputOf(app.settings, [a, b], options);
      return show(context, options, await compareWindows(app, input));
    });
  });
}

/** `churn@2026-11-22`, and no file. */
const isWindow = (text: string): boolean =>
  /^[^@/]+@[^@/]+$/.test(text) && kindOfPath(text) === null;

function list(flags: string, description: string, name: string) {
  return option(flags, description, name).argParser((text: string, before?: readonly string[]) => [
    ...(before ?? []),
    ...namesIn(text),
  ]);
}

/** Names between commas; one with a comma in it stands in quotes, two of which are one. */
function namesIn(text: string): string[] {
  const parts = text.match(/(?:\s*"(?:[^"]|"")*"\s*|[^,])+/g) ?? [text];
  return parts.map((part) => {
    const name = part.trim();
    return /^"(?:[^"]|"")*"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
  });
}

function inputOf(
  { threads, memoryLimitMb }: PlainContext['settings'],
  sides: readonly [string, string],
  options: CompareOptions,
): CompareInput {
  const { columns = null, segments = [], checks = null, exact } = options;
  const [reference, current] = sides;
  return {
    ...{ reference, current, columns, segments, checks },
    binning: exact === true ? 'exact' : 'grid',
    duck: { threads, memoryLimitMb },
  };
}

async function show(
  { format, progress, options: globals }: Omit<PlainContext, 'settings'>,
  options: CompareOptions,
  compared: Compared,
): Promise<number> {
  const { failOn, report } = options;
  const { compareExitCode } = await import('../app/compare.js');
  const noData = options.allowNoData === true ? 'allow' : 'refuse';
  const exitCode = compareExitCode(compared, { failOn, noData });
  if (report !== undefined) {
    const { writeComparison } = await import('../app/compare-report.js');
    await writeComparison(compared, report);
    progress(`Report: ${report}`);
  }
  if (format === 'json') {
    const { compareReport } = await import('../app/compare-json.js');
    printJson(compareReport(compared, exitCode));
  } else {
    const detail = globals.verbose === true ? 'every' : 'brief';
    print(comparisonTable(compared, { exitCode, detail }));
  }
  return exitCode;
}
