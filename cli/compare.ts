import type { Command } from 'commander';
import type { CompareInput } from '../app/compare.js';
import { comparisonTable } from './compare-table.js';
import { option, runPlain, withGlobals, type PlainContext } from './context.js';
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

/** `aftercare compare <a> <b>`: two files side by side, without a monitor. */
export function compareCommand(program: Command): void {
  const command = program
    .command('compare <a> <b>')
    .description('compare the columns of two files: what moved from a to b, without a monitor')
    .addOption(list('--columns <names>', 'only these columns, as amount,city', 'COLUMNS'))
    .addOption(list('--segments <names>', 'also part by part of these columns', 'SEGMENTS'))
    .addOption(list('--checks <names>', 'judge and show only these checks', 'CHECKS'))
    .addOption(option('--report <file>', 'write a page of HTML with pictures', 'REPORT'))
    .addOption(option('--exact', 'every value exact, not from bins', 'EXACT'))
    .addOption(
      option('--fail-on <verdict>', 'exit 1 from this verdict on', 'FAIL_ON')
        .choices(['warn', 'alert', 'never'])
        .default('alert'),
    )
    .addOption(option('--allow-no-data', 'exit 0 when nothing could be judged', 'ALLOW_NO_DATA'));
  withGlobals(command).action((a: string, b: string, options: CompareOptions) =>
    runPlain(command, (context) => compare(context, [a, b], options)),
  );
}

function list(flags: string, description: string, name: string) {
  return option(flags, description, name).argParser((text: string, before?: readonly string[]) => [
    ...(before ?? []),
    ...text.split(',').map((part) => part.trim()),
  ]);
}

async function compare(
  context: PlainContext,
  [reference, current]: readonly [string, string],
  options: CompareOptions,
): Promise<number> {
  const { settings, format, progress } = context;
  const { columns = null, segments = [], checks = null, failOn, report } = options;
  const input: CompareInput = {
    ...{ reference, current, columns, segments, checks },
    binning: options.exact === true ? 'exact' : 'grid',
    duck: { threads: settings.threads, memoryLimitMb: settings.memoryLimitMb },
  };
  // Loaded when it is asked for: other commands have no use for it.
  const { compareExitCode, compareFiles } = await import('../app/compare.js');
  const compared = await compareFiles(input);
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
    const detail = context.options.verbose === true ? 'every' : 'brief';
    print(comparisonTable(compared, { exitCode, detail }));
  }
  return exitCode;
}
