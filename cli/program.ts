import type { Command } from 'commander';
import { rootCommand } from './root.js';

type Add = (program: Command) => void;

/**
 * The commands, in the order of `--help`: the names that a file adds, and the file, which is loaded
 * when one of them runs. Most of what a command costs at its start is loading what it needs.
 */
export const commandFiles: readonly { names: readonly string[]; load: () => Promise<Add> }[] = [
  { names: ['demo'], load: async () => (await import('./demo.js')).demoCommand },
  { names: ['init'], load: async () => (await import('./init.js')).initCommand },
  {
    names: ['validate'],
    load: async () => (await import('./validate.js')).validateCommand,
  },
  {
    names: ['plan', 'apply', 'schema'],
    load: async () => (await import('./config.js')).configCommands,
  },
  { names: ['check'], load: async () => (await import('./check.js')).checkCommand },
  { names: ['compare'], load: async () => (await import('./compare.js')).compareCommand },
  { names: ['backtest'], load: async () => (await import('./backtest.js')).backtestCommand },
  { names: ['run'], load: async () => (await import('./runs.js')).runCommand },
  { names: ['backfill'], load: async () => (await import('./backfill.js')).backfillCommand },
  { names: ['pause', 'resume'], load: async () => (await import('./pauses.js')).pauseCommands },
  { names: ['accept'], load: async () => (await import('./accept.js')).acceptCommand },
  { names: ['status'], load: async () => (await import('./status.js')).statusCommand },
  { names: ['alerts'], load: async () => (await import('./alerts.js')).alertsCommand },
  {
    names: ['requests', 'approve', 'reject', 'withdraw', 'cancel', 'retrain'],
    load: async () => (await import('./requests.js')).requestsCommand,
  },
  { names: ['models'], load: async () => (await import('./models.js')).modelsCommand },
  { names: ['lake'], load: async () => (await import('./lake.js')).lakeCommands },
  { names: ['doctor'], load: async () => (await import('./doctor.js')).doctorCommand },
  {
    names: ['up', 'worker', 'serve', 'dev-server', 'init-temporal'],
    load: async () => (await import('./processes.js')).processCommands,
  },
];

/** The whole command line. */
export function buildProgram(): Promise<Command> {
  return programOf(commandFiles);
}

/** As much of it as the first argument needs: its command, or everything where it names none. */
export function programFor(first: string | undefined): Promise<Command> {
  if (first === '--version' || first === '-V') return programOf([]);
  const own = commandFiles.filter(({ names }) => first !== undefined && names.includes(first));
  return programOf(own.length > 0 ? own : commandFiles);
}

async function programOf(files: typeof commandFiles): Promise<Command> {
  const program = rootCommand();
  for (const add of await Promise.all(files.map(({ load }) => load()))) add(program);
  return program;
}
