import { exitCodes } from '../../cli/exit-codes.js';
import { markdownTable, pageHead } from './text.js';

const ABOUT = `What the exit code of a command says. Where several hold, the worst counts: 2, then 3,
1, 4, 0. \`aftercare check --json\` carries its code too.`;

/** `reference/exit-codes.md`. */
export function exitCodesPage(): string {
  const rows = exitCodes.map(({ code, word, meaning }) => [String(code), word, meaning]);
  return `${pageHead('Exit codes', ABOUT)}\n${markdownTable(['code', 'in a word', 'meaning'], rows)}\n`;
}
