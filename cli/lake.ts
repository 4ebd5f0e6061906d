import type { Command } from 'commander';
import { runAction, withGlobals } from './context.js';
import { print, printJson } from './output.js';

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
      if (format === 'json') printJson(report);
      else {
        for (const problem of report.problems.slice(0, MOST_LINES))
          print(`■ ${problem.key}: ${problem.problem}`);
        const { problems, harmless } = report;
        print(
          `${problems.length} problems, ${harmless.length} leftovers of killed processes ` +
            `(harmless; "aftercare lake gc" removes those older than a day).`,
        );
      }
      return report.problems.length === 0 ? 0 : 1;
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
      if (format === 'json') printJson(done);
      else for (const one of done) print(JSON.stringify(one));
      return 0;
    }),
  );
  const gc = lake
    .command('gc')
    .description('remove what killed processes left behind, older than a day');
  withGlobals(gc).action(() =>
    runAction(gc, async ({ app, format }) => {
      const removed = await app.lake.gc(await app.lake.verify(), app.clock());
      if (format === 'json') printJson(removed);
      else print(`${removed.length} files removed.`);
      return 0;
    }),
  );
}
