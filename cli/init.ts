import { basename } from 'node:path';
import type { Command } from 'commander';
import { draftMonitor, writeMonitor } from '../app/init.js';
import { option, runAction, withGlobals, type Context } from './context.js';
import { print, printJson, table } from './output.js';

/** `aftercare init [model]`: a first monitor from a data file. */
export function initCommand(program: Command): void {
  const command = program
    .command('init [model]')
    .description('write a first monitor from the columns of a data file')
    .addOption(
      option(
        '--from <file>',
        'a data file: Parquet, CSV or JSON Lines',
        'FROM',
      ).makeOptionMandatory(),
    )
    .addOption(option('--dry-run', 'print it, write nothing', 'DRY_RUN'));
  withGlobals(command).action(
    (model: string | undefined, options: { from: string; dryRun?: boolean }) =>
      runAction(command, (context) => init(context, model, options)),
  );
}

async function init(
  { app, format }: Context,
  model: string | undefined,
  options: { from: string; dryRun?: boolean },
): Promise<number> {
  const name = basename(options.from).split('.')[0] ?? 'model';
  const draft = await draftMonitor(app, { model: model ?? name, from: options.from });
  const written = options.dryRun === true ? [] : await writeMonitor(app, draft);
  if (format === 'json') {
    printJson({ ...draft, written });
    return 0;
  }
  const rows = draft.guesses.map(({ role, column }) => [role, column ?? '– (none found)']);
  print(table(['ROLE', 'COLUMN'], rows));
  print(options.dryRun === true ? `\n${draft.text}` : `\nWritten: ${written.join(', ')}`);
  print('Next: name your team in teams.yaml, then "aftercare validate" and "aftercare check".');
  return 0;
}
