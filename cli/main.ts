#!/usr/bin/env node
import { programFor } from './program.js';

// Whoever reads the output may close it early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await (await programFor(process.argv[2])).parseAsync();
