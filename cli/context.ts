import { InvalidArgumentError, Option, type Command } from 'commander';
import type { App } from '../app/app.js';
import { FaultsError, UnavailableError, UsageError } from '../app/errors.js';
import { settingsFor } from '../app/settings.js';
import { allowedWords } from '../app/unknown-id.js';
import { refusalWords } from '../domain/refusal.js';
import { utc } from '../domain/window.js';
import type { LogFormat } from './log.js';
import { columns, hung } from './fitted.js';
import { near, print, printJson, say, wrap } from './output.js';

/** Flags that every command takes, each also as AFTERCARE_<FLAG>. */
export interface GlobalOptions {
  configDir?: string;
  as?: string;
  json?: boolean;
  output?: 'table' | 'json';
  quiet?: boolean;
  verbose?: boolean;
  /** Of the commands that run until they are stopped; for people elsewhere. */
  logFormat?: LogFormat;
}

/** What the action of a command gets that works without an installation. */
export interface PlainContext {
  settings: App['settings'];
  options: GlobalOptions;
  format: 'table' | 'json';
  /** Progress for people: nothing with --quiet. */
  progress: (text: string) => void;
}

/** What a command's action gets. */
export interface Context extends Omit<PlainContext, 'settings'> {
  app: App;
}

/** An action's result is the exit code. */
export type Action = (context: Context) => Promise<number>;

/** The flags of SURFACE: on every command, so that they may stand behind it. */
export function withGlobals(command: Command): Command {
  return command
    .addOption(option('--config-dir <dir>', 'folder of the monitor files', 'CONFIG_DIR'))
    .addOption(option('--json', 'the same as --output json', 'JSON'))
    .addOption(
      choice(option('-o, --output <format>', 'how results are printed', 'OUTPUT'), [
        'table',
        'json',
      ]),
    )
    .option('--no-color', 'no colours; NO_COLOR does the same')
    .addOption(option('-q, --quiet', 'no progress on stderr', 'QUIET'))
    .addOption(option('-v, --verbose', 'log lines on stderr', 'VERBOSE'));
}

/** The same on commands that act in somebody's name: recorded as unverified. */
export function withActor(command: Command): Command {
  return withGlobals(command).addOption(
    option('--as <person>', 'who acts: a name of teams.yaml', 'AS'),
  );
}

/** `--select`, on the commands that know more than one model. */
export function selectOption(): Option {
  return option('-s, --select <what>', 'only an id, tag:x or owner:y; may be repeated', 'SELECT')
    .argParser((term: string, before: readonly string[]) => [...before, term])
    .default([], 'all');
}

/** Of commands that run until they are stopped: JSON where no terminal reads a service's log. */
export function logOption(reader: 'people' | 'service'): Option {
  const isText = reader === 'people' || process.stderr.isTTY;
  const made = option('--log-format <format>', 'how log lines are written', 'LOG_FORMAT');
  return choice(made, ['text', 'json']).default(
    isText ? 'text' : 'json',
    reader === 'people' ? 'text' : 'text on a terminal, else json',
  );
}

/** An option that is also AFTERCARE_<name>. */
export function option(flags: string, description: string, name: string): Option {
  return new Option(flags, description).env(`AFTERCARE_${name}`);
}

/** An option that takes one of a few words: another is refused with the one that is meant. */
export function choice(made: Option, words: readonly string[]): Option {
  return made.choices(words).argParser((given: string) => {
    if (words.includes(given)) return given;
    throw new InvalidArgumentError(allowedWords(given, words));
  });
}

/** `--fail-on`, on the commands that are gates. */
export function failOnOption(): Option {
  const made = option('--fail-on <verdict>', 'exit 1 from this verdict on', 'FAIL_ON');
  return choice(made, ['warn', 'alert', 'never']).default('alert');
}

/** What the flags say of the output: a table unless one asks for JSON. */
const formatOf = ({ json, output }: GlobalOptions): 'table' | 'json' =>
  json === true ? 'json' : (output ?? 'table');

/** Runs an action with an open app and turns its result, or its error, into the exit code. */
export async function runAction(command: Command, action: Action): Promise<void> {
  await runPlain(command, async ({ settings, ...context }) => {
    // Only what needs an installation pays for loading all that belongs to one.
    const [{ openApp }, { logOf }] = await Promise.all([
      import('../app/app.js'),
      import('./log.js'),
    ]);
    const { verbose, logFormat = 'text' } = context.options;
    const level = verbose === true ? 'debug' : settings.logLevel;
    return action({ ...context, app: openApp(settings, logOf({ level, format: logFormat })) });
  });
}

/** As `runAction`, for what reads files and settings and nothing else. */
export async function runPlain(
  command: Command,
  action: (context: PlainContext) => Promise<number>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  try {
    const settings = settingsFor({ configDir: options.configDir ?? null });
    if (settings.now !== null)
      say(`AFTERCARE_NOW is set: the clock started at ${utc(settings.now)}.`);
    const format = formatOf(options);
    const progress = (text: string): void => {
      if (options.quiet !== true) say(text);
    };
    process.exitCode = await action({ settings, options, format, progress });
  } catch (error) {
    const exitCode = failed(error, options.verbose === true ? 'stack' : 'message');
    if (formatOf(options) === 'json') {
      printJson({ version: 1, error: near(messageOf(error)), exitCode });
    }
    process.exitCode = exitCode;
  }
}

/** Says what is wrong, without a stack for an operator, and gives the exit code. */
export function failed(error: unknown, detail: 'stack' | 'message'): number {
  const told = `error: ${near(messageOf(error))}`;
  say(error instanceof FaultsError ? told.split('\n').map(hung).join('\n') : told);
  if (detail === 'stack' && error instanceof Error) say(error.stack ?? '');
  if (error instanceof UsageError || error instanceof InvalidArgumentError) return 2;
  if (error instanceof UnavailableError) return 3;
  return 3;
}

/** What a system says of a file names its call, and not what is meant. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { path, code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use: end what listens there, or choose another with --port`;
  }
  return path === undefined ? error.message : `${path}: ${refusalWords(error)}`;
}

const PATIENCE = 5_000;

/** Says once what an act waits for, when its answer takes more than a few seconds. */
export async function answered<T>(
  { progress }: Pick<Context, 'progress'>,
  act: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => {
    progress(
      'waiting for a worker to decide it, up to 40 s; "aftercare doctor" says whether one runs',
    );
  }, PATIENCE);
  try {
    return await act;
  } finally {
    clearTimeout(timer);
  }
}

/** Who acts: --as, or AFTERCARE_AS; UsageError without one, and for nobody of the applied teams. */
export async function actorOf({ app, options }: Context): Promise<string> {
  const by = options.as ?? '';
  if (by === '') {
    throw new UsageError('Who acts? Say it with --as <person>, a name of teams.yaml.');
  }
  const { checkPerson } = await import('../app/people.js');
  await checkPerson(app, by, '--as');
  return by;
}

/** One line for people, or one document with its version and exit code. */
export function tell(
  { format }: Context,
  document: Readonly<Record<string, unknown>>,
  words: string,
): void {
  if (format === 'json') printJson({ version: 1, ...document, exitCode: 0 });
  else print(wrap(words, columns(), ''));
}
