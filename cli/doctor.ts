import type { Command } from 'commander';
import { diagnose, type Diagnosis } from '../app/doctor.js';
import { runAction, withGlobals } from './context.js';
import { printDocument } from './document.js';
import { print, verdictWord, wrap } from './output.js';

/** `aftercare doctor`: what is wrong with this installation, and what to do. */
export function doctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description('Node, lake, configuration, sources, Temporal, mail, Slack: what is wrong');
  withGlobals(command).action(() =>
    runAction(command, async ({ app, format }) => {
      const found = await diagnose(app);
      const exitCode = found.some(({ state }) => state === 'fault') ? 3 : 0;
      if (format === 'json') return printDocument({ diagnoses: found }, exitCode);
      for (const one of found) print(`${shape(one)} ${one.what}\n${wrap(one.words, 80, '    ')}`);
      return exitCode;
    }),
  );
}

/** The verdict's shape and colour with the doctor's own word: a fault is drawn as an alert. */
function shape({ state }: Diagnosis): string {
  return verdictWord(state === 'fault' ? 'alert' : state, state);
}
