import type { Command, Option } from 'commander';
import { buildProgram } from '../../cli/program.js';
import { code, markdownTable, pageHead } from './text.js';

const ABOUT = `Results go to standard output, progress and logs to standard error; nothing spins.
Most flags can be given as a variable of the environment too. What a command's exit code means is on
a [page of its own](exit-codes.md).`;

/** A command that does something, by its whole name, as `alerts ack`. */
interface Verb {
  name: string;
  command: Command;
}

/** Every command that does something, in the order of the help. */
function verbsOf(program: Command, above = ''): Verb[] {
  return program.commands.flatMap((command) => {
    const name = `${above}${command.name()}`;
    return command.commands.length === 0 ? [{ name, command }] : verbsOf(command, `${name} `);
  });
}

/** `reference/cli.md`: every command with its arguments and flags. */
export async function cliPage(): Promise<string> {
  const verbs = verbsOf(await buildProgram());
  const [first] = verbs;
  const inAll = (option: Option): boolean =>
    verbs.every(({ command }) => command.options.some(({ flags }) => flags === option.flags));
  const common = first?.command.options.filter(inAll) ?? [];
  const list = verbs.map(({ name, command }) => [
    `[${code(name)}](#aftercare-${name.replaceAll(' ', '-')})`,
    command.description(),
  ]);
  const sections = verbs.map((verb) => sectionOf(verb, new Set(common.map(({ flags }) => flags))));
  return [
    pageHead('Command line', ABOUT),
    markdownTable(['command', 'does'], list),
    '\n## Flags of every command\n',
    optionTable(common),
    '',
    ...sections,
  ].join('\n');
}

function sectionOf({ name, command }: Verb, common: ReadonlySet<string>): string {
  const words = command.registeredArguments.map((argument) =>
    argument.required ? ` <${argument.name()}>` : ` [${argument.name()}]`,
  );
  const own = command.options.filter(({ flags }) => !common.has(flags));
  const usage = `aftercare ${name}${words.join('')}${own.length === 0 ? '' : ' [flags]'}`;
  const about = command.description();
  const sentence = `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
  const table = own.length === 0 ? '' : `\n${optionTable(own)}\n`;
  return `## aftercare ${name}\n\n${sentence}\n\n\`\`\`\n${usage}\n\`\`\`\n${table}`;
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => [
    code(option.flags),
    `${option.description}${option.mandatory ? ' (must be given)' : ''}`,
    option.argChoices === undefined ? '' : option.argChoices.map(code).join(', '),
    standardOf(option),
    option.envVar === undefined ? '' : code(option.envVar),
  ]);
  return markdownTable(['flag', 'meaning', 'one of', 'default', 'variable'], rows);
}

function standardOf({ defaultValue, defaultValueDescription }: Option): string {
  if (defaultValueDescription !== undefined) return code(defaultValueDescription);
  if (defaultValue === undefined || defaultValue === '') return '';
  return code(String(defaultValue));
}
