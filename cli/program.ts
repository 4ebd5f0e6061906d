import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../app/package-root.js';
import { alertsCommand } from './alerts.js';
import { checkCommand } from './check.js';
import { configCommands } from './config.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { initCommand } from './init.js';
import { lakeCommands } from './lake.js';
import { processCommands } from './processes.js';
import { requestsCommand } from './requests.js';
import { runCommands } from './runs.js';
import { statusCommand } from './status.js';

/** The whole command line; the order is that of `--help`. */
export function buildProgram(): Command {
  const program = new Command('aftercare')
    .description('Watches models in production: should we retrain, and if not, what is wrong?')
    .version(versionOf())
    .showHelpAfterError('(add --help for what it takes)')
    .configureHelp({ helpWidth: 80, minWidthToWrap: 20 })
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  demoCommand(program);
  initCommand(program);
  configCommands(program);
  checkCommand(program);
  runCommands(program);
  statusCommand(program);
  alertsCommand(program);
  requestsCommand(program);
  lakeCommands(program);
  doctorCommand(program);
  processCommands(program);
  return program;
}

function versionOf(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
