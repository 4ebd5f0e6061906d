import { globSync } from 'tinyglobby';
import { readFileSync } from 'node:fs';

/** A Markdown file of the project. */
export interface Document {
  file: string;
  text: string;
}

/** A fenced block, with the words behind its language and the line it begins at. */
export interface Block {
  file: string;
  line: number;
  language: string;
  words: readonly string[];
  text: string;
}

/** Every Markdown file of the project, by path. */
export function documents(): Document[] {
  const ignore = ['**/node_modules/**', 'dist/**', 'coverage/**', '.aftercare/**', 'out/**'];
  return globSync(['**/*.md'], { ignore, dot: true })
    .sort()
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

/** The fenced blocks of a document, in order. */
export function blocksOf({ file, text }: Document): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === null) open = { line: index + 1, info: fence[1] ?? '', lines: [] };
    else {
      const [language = '', ...words] = open.info.trim().split(/\s+/);
      blocks.push({ file, line: open.line, language, words, text: `${open.lines.join('\n')}\n` });
      open = null;
    }
  }
  return blocks;
}

/** The text without its fenced blocks. */
export function proseOf({ text }: Document): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}
