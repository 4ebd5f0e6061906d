import type { Command } from 'commander';
import { validateAll } from '../app/validate.js';
import { option, runAction, withGlobals, type Context } from './context.js';
import { printDocument } from './document.js';
import { hung } from './fitted.js';
import { print } from './output.js';
import { amountWords } from './words.js';

/** `aftercare validate`. */
export function validateCommand(program: Command): void {
  const validate = program
    .command('validate')
    .description('check monitor files and teams.yaml: all errors at once, with file:line:column')
    .addOption(option('--strict', 'a warning is an error', 'STRICT'));
  withGlobals(validate).action((options: { strict?: boolean }) =>
    runAction(validate, (context) =>
      validateAction(context, options.strict === true ? 'error' : 'warning'),
    ),
  );
}

async function validateAction(context: Context, warnings: 'error' | 'warning'): Promise<number> {
  const { app, format } = context;
  const { problems, lines, valid } = await validateAll(app);
  const isBad = (severity: string): boolean => severity === 'error' || warnings === 'error';
  const exitCode = problems.some(({ severity }) => isBad(severity)) ? 2 : 0;
  if (format === 'json') return printDocument({ valid, problems }, exitCode);
  for (const line of lines) print(hung(line));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const doubts = problems.length - errors;
  const words = [
    `${amountWords(valid, 'monitor')} valid`,
    ...(errors === 0 ? [] : [amountWords(errors, 'problem')]),
    ...(doubts === 0 ? [] : [amountWords(doubts, 'warning')]),
  ];
  print(words.join(', '));
  return exitCode;
}
