import type { Command } from 'commander';
import { draftMonitor, writeMonitor, type Draft } from '../app/init.js';
import { option, runAction, withGlobals, type Context } from './context.js';
import { printDocument } from './document.js';
import { cut, near, print, table, wrap } from './output.js';

interface InitOptions {
  from: string;
  reference?: string;
  timestamp?: string;
  label?: string;
  dryRun?: boolean;
}

/** `aftercare init [model]`: a first monitor from a data file. */
export function initCommand(program: Command): void {
  const command = program
    .command('init [model]')
    .description('write a first monitor from the columns of a data file')
    .addOption(
      option(
        '--from <file>',
        'rows of production: Parquet, CSV or JSON Lines',
        'FROM',
      ).makeOptionMandatory(),
    )
    .addOption(
      option('--reference <file>', 'what the model was trained on (default: --from)', 'REFERENCE'),
    )
    .addOption(option('--timestamp <column>', 'when a row happened, if not guessed', 'TIMESTAMP'))
    .addOption(option('--label <column>', 'what came out, if not guessed', 'LABEL'))
    .addOption(option('--dry-run', 'print it, write nothing', 'DRY_RUN'))
    .addOption(option('--yes', 'for scripts; changes nothing, for nothing is asked', 'YES'));
  withGlobals(command).action((model: string | undefined, options: InitOptions) =>
    runAction(command, (context) => init(context, model, options)),
  );
}

async function init(
  { app, format, options: { configDir } }: Context,
  model: string | undefined,
  { from, dryRun, ...named }: InitOptions,
): Promise<number> {
  const { reference = null, timestamp = null, label = null } = named;
  const draft = await draftMonitor(app, {
    model: model ?? null,
    from,
    reference,
    timestamp,
    label,
  });
  const written = dryRun === true ? [] : await writeMonitor(app, draft);
  if (format === 'json') {
    return printDocument({ ...draft, written }, 0);
  }
  const rows = draft.guesses.map(({ role, column }) => [role, column ?? '– (none found)']);
  const features = `${draft.features.length}: ${draft.features.join(', ')}`;
  print(table(['ROLE', 'COLUMN'], [...rows, ['features', cut(features, 64)]]));
  for (const note of draft.notes) print(`\n${wrap(note, 80, ' ')}`);
  if (dryRun === true) print(`\n${draft.text}`);
  else {
    const files = written.map((file) => `  ${near(file)}`);
    print(['\nWritten:', ...files].join('\n'));
    const more = configDir === undefined ? '' : ` --config-dir ${configDir}`;
    print(nextSteps(draft, { more, hasTeams: written.length === 1 }));
  }
  return 0;
}

function nextSteps(
  { model, asOf }: Draft,
  { more, hasTeams }: { more: string; hasTeams: boolean },
): string {
  return [
    '',
    hasTeams ? 'Next:' : 'Next: name your team in teams.yaml, then',
    `  aftercare validate${more}`,
    `  aftercare check ${model} --as-of ${asOf}${more}`,
  ].join('\n');
}
