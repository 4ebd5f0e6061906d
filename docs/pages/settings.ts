import { settingsTable } from '../../config/settings-table.js';
import { code, markdownTable, pageHead } from './text.js';

const ABOUT = `Every variable of the environment that Aftercare reads as a setting. An empty one
counts as absent. A variable that is marked secret is never printed, and may be \`file:PATH\`: then
its value is read from that file. The flags of the [command line](cli.md) have variables of their
own, listed there. What a monitor names as \`env:NAME\` is read when it is needed, and only where
\`AFTERCARE_SECRET_GRANTS\` allows it.`;

/** `reference/settings.md`: name, meaning, default and form of every setting. */
export function settingsPage(): string {
  const rows = settingsTable.map(({ name, meaning, standard, wanted, secret }) => [
    code(name),
    `${meaning}${secret ? ' Secret.' : ''}`,
    standard === null ? '–' : code(standard),
    wanted,
  ]);
  const table = markdownTable(['variable', 'meaning', 'default', 'value'], rows);
  return `${pageHead('Settings', ABOUT)}\n${table}\n`;
}
