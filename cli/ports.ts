import { InvalidArgumentError, type Option } from 'commander';
import { option } from './context.js';

// Processes share one environment, so each kind of port has a variable of its own.

/** What `serve` listens on, in every command that has it. */
export function servePortOption(standard: number, words = String(standard)): Option {
  return portOption('--port', 'port of serve; 0: any').default(standard, words);
}

/** What the embedded Temporal server listens on; `--port` for short where there is no other. */
export function temporalPortOption(flags: '--temporal-port' | '--port, --temporal-port'): Option {
  return portOption(flags, 'port of the Temporal server; 0: any').default(7233, '7233');
}

/** Where Temporal's own pages are; absent: nowhere. */
export function uiPortOption(): Option {
  return portOption('--ui-port', "port of Temporal's own pages");
}

/** Where the metrics of a worker are; absent: nowhere. */
export function metricsPortOption(): Option {
  return portOption('--metrics-port', "Prometheus, the SDK's metrics");
}

/** The address that a process listens on with its ports; the embedded Temporal has 127.0.0.1. */
export function hostOption(): Option {
  return option('--host <host>', 'address to listen on', 'HOST').default('127.0.0.1');
}

/** The variable is named by the last of the flags. */
function portOption(flags: string, description: string): Option {
  const name = (flags.split('--').at(-1) ?? '').replaceAll('-', '_').toUpperCase();
  return option(`${flags} <port>`, description, name).argParser(parsePort);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError(`Expected a port from 0 to 65535, got "${text}".`);
}
