import type { Command } from 'commander';
import { acceptCommand } from './accept.js';
import { alertsCommand } from './alerts.js';
import { backtestCommand } from './backtest.js';
import { checkCommand } from './check.js';
import { compareCommand } from './compare.js';
import { configCommands } from './config.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { initCommand } from './init.js';
import { lakeCommands } from './lake.js';
import { processCommands } from './processes.js';
import { requestsCommand } from './requests.js';
import { rootCommand } from './root.js';
import { runCommands } from './runs.js';
import { statusCommand } from './status.js';

/** The whole command line; the order is that of `--help`. */
export function buildProgram(): Command {
  const program = rootCommand();
  demoCommand(program);
  initCommand(program);
  configCommands(program);
  checkCommand(program);
  compareCommand(program);
  backtestCommand(program);
  runCommands(program);
  acceptCommand(program);
  statusCommand(program);
  alertsCommand(program);
  requestsCommand(program);
  lakeCommands(program);
  doctorCommand(program);
  processCommands(program);
  return program;
}
