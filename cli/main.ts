#!/usr/bin/env node
import type { Command } from 'commander';
import { compareCommand } from './compare.js';
import { rootCommand } from './root.js';

// Whoever reads the output may close it early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Two small files are compared sooner than the other commands are loaded. */
async function programFor(command: string | undefined): Promise<Command> {
  if (command !== 'compare') return (await import('./program.js')).buildProgram();
  const root = rootCommand();
  compareCommand(root);
  return root;
}

await (await programFor(process.argv[2])).parseAsync();
