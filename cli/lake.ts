import type { Command } from 'commander';
import { runAction, withGlobals, type Context } from './context.js';
import { printDocument } from './document.js';
import { print, wrap } from './output.js';
import { amountWords } from './words.js';

const MOST_LINES = 50;

/** `lake verify|compact|gc`: housekeeping. */
export function lakeCommands(program: Command): void {
  const lake = program.command('lake').description('the folder where everything lies');
  const verify = lake
    .command('verify')
    .description('every file, commit, head and audit chain: what is broken, what is left over');
  withGlobals(verify).action(() =>
    runAction(verify, async ({ app, format }) => {
      const report = await app.lake.verify();
      const exitCode = report.problems.length === 0 ? 0 : 1;
      if (format === 'json') return printDocument({ ...report }, exitCode);
      for (const problem of report.problems.slice(0, MOST_LINES))
        print(`■ ${problem.key}: ${problem.problem}`);
      const more = report.problems.length - MOST_LINES;
      if (more > 0) print(`… and ${more} more; --json tells all.`);
      print(verifiedWords(report));
      return exitCode;
    }),
  );
  const compact = lake
    .command('compact')
    .description('merge the files of past days and months; what was read stays the same');
  withGlobals(compact).action(() =>
    runAction(compact, async ({ app, format }) => {
      const done = [];
      for (const model of await app.lake.models()) {
        done.push({ model, ...(await app.lake.compact(model, app.clock())) });
      }
      if (format === 'json') return printDocument({ models: done }, 0);
      if (done.length === 0) print('No model has a result yet.');
      else {
        for (const { model, merged, deleted } of done)
          print(`${model}: ${amountWords(merged, 'file')} merged, ${deleted} deleted.`);
      }
      return 0;
    }),
  );
  const gc = lake
    .command('gc')
    .description('remove what killed processes left behind, older than a day');
  withGlobals(gc).action(() =>
    runAction(gc, async ({ app, format }) => {
      const removed = await app.lake.gc(await app.lake.verify(), app.clock());
      if (format === 'json') return printDocument({ removed }, 0);
      print(`${amountWords(removed.length, 'file')} removed.`);
      return 0;
    }),
  );
}

type LakeReport = Awaited<ReturnType<Context['app']['lake']['verify']>>;

/** What was looked at and what is left over, in lines of at most 80 letters. */
export function verifiedWords({
  problems,
  harmless,
  counts,
}: Pick<LakeReport, 'problems' | 'harmless' | 'counts'>): string {
  const { models, windows, commits, objects, heads, audited } = counts;
  const looked = [
    amountWords(models, 'model'),
    amountWords(windows, 'window'),
    amountWords(commits, 'commit'),
    amountWords(objects, 'object'),
    amountWords(heads, 'head'),
    amountWords(audited, 'audit record'),
  ].join(', ');
  const left =
    harmless.length === 0
      ? ''
      : `\n${amountWords(harmless.length, 'file')} being written, or left by a killed process ` +
        '(harmless;\n"aftercare lake gc" removes those older than a day).';
  return wrap(`Looked at ${looked}: ${amountWords(problems.length, 'problem')}.`, 80, '') + left;
}
