import pino, { type Logger } from 'pino';

/** How log lines are written: one JSON document each, or one line for people. */
export type LogFormat = 'text' | 'json';

const LONGEST = 300;
const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
/** What the SDK adds to each of its lines, and what a line for people shows elsewhere. */
const UNSAID = new Set([
  ...['level', 'time', 'msg', 'namespace', 'sdkComponent', 'taskToken', 'runId', 'isLocal'],
  ...['workflowType', 'activityId', 'taskQueue', 'timeMillis', 'span_contexts', 'span'],
]);

/**
 * The log of this process, on stderr. Stack traces are written at level debug only: above it an
 * error is its message, with those of its causes.
 */
export function logOf(
  options: { level: string; format: LogFormat },
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Logger {
  const { level, format } = options;
  const detail = level === 'debug' || level === 'trace' ? 'stack' : 'message';
  const formatters = {
    log: (fields: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, errorOf(value, detail)]),
      ),
  };
  const destination = { write: format === 'json' ? write : (line: string) => write(textOf(line)) };
  return pino({ level, base: null, formatters }, destination);
}

/** Errors as text, and without their stacks where only messages are wanted. */
function errorOf(value: unknown, detail: 'stack' | 'message'): unknown {
  if (value instanceof Error) {
    return detail === 'stack' ? (value.stack ?? value.message) : messages(value).join(': ');
  }
  if (typeof value !== 'string' || detail === 'stack') return value;
  return value.split(/\n\s+at /)[0];
}

function messages(error: Error): string[] {
  const own = error.message === '' ? error.name : error.message;
  return error.cause instanceof Error ? [own, ...messages(error.cause)] : [own];
}

/** `15:07:48 warn  Activity failed · activityType notify · error …` */
function textOf(line: string): string {
  const fields = JSON.parse(line) as Record<string, unknown> & { time: number; level: number };
  const clock = new Date(fields.time).toISOString().slice(11, 19);
  const said = Object.entries(fields).flatMap(([name, value]) => {
    if (UNSAID.has(name) || value === null || value === '') return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    // A stack, at debug, stands as it is.
    return [`${name} ${/\n\s+at /.test(text) ? text : oneLine(text)}`];
  });
  const message = typeof fields['msg'] === 'string' ? [oneLine(fields['msg'])] : [];
  const level = (LEVELS[fields.level] ?? 'info').padEnd(5);
  return `${clock} ${level} ${[...message, ...said].join(' · ')}\n`;
}

function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST - 1)}…`;
}
