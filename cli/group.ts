import type { Command } from 'commander';
import { allowedWords } from '../app/unknown-id.js';

/** The `list` of a group of commands, which is meant, too, where none of them is named. */
export function listCommand(group: Command): Command {
  const list = group.command('list', { isDefault: true }).allowExcessArguments();
  return list.hook('preAction', () => {
    const [word] = list.args;
    if (word === undefined) return;
    if (group.args[0] === 'list') group.error(`error: 'list' takes no argument, got '${word}'.`);
    const known = group.commands.map((one) => one.name());
    group.error(`error: unknown command '${word}'. ${allowedWords(word, known)}`);
  });
}
