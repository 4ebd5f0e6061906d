import type { Notice } from '../domain/notice.js';
import { markup, type Html } from './html.js';

/** Where the picture lies in the mail. */
export const pictureCid = 'distribution@aftercare';

const mono = "ui-monospace, 'SF Mono', Menlo, Consolas, monospace";
const wrap = 'overflow-wrap:anywhere;word-break:break-word;';
const prose = `margin:0 0 10px;font-size:14px;line-height:21px;color:#1f2937;${wrap}`;
const code =
  'margin:0 0 10px;padding:10px 12px;background:#f3f4f6;border:1px solid #e5e7eb;' +
  `border-radius:6px;font-family:${mono};font-size:12px;line-height:20px;color:#111827;${wrap}`;
const image =
  'display:block;width:100%;max-width:552px;height:auto;border:0;border-radius:6px;' +
  'background:#ffffff;font-size:13px;line-height:19px;color:#4b5563;';
const label =
  'padding:3px 16px 3px 0;font-size:13px;line-height:19px;color:#6b7280;' +
  'vertical-align:top;white-space:nowrap;';
const value = `padding:3px 0;font-size:13px;line-height:19px;color:#111827;${wrap}`;

interface Block {
  kind: 'text' | 'list' | 'command';
  lines: string[];
}

/** Plain text as page: a blank line parts blocks, `- ` makes a list, `aftercare …` a command. */
export function paragraphs(text: string): Html[] {
  return blocksOf(text).map(({ kind, lines }) => {
    switch (kind) {
      case 'list':
        return markup`<ul class="ink" style="${prose}padding-left:20px;">${lines.map(item)}</ul>`;
      case 'command':
        return markup`<p class="box" style="${code}">${broken(lines)}</p>`;
      case 'text':
        return markup`<p class="ink" style="${prose}">${broken(lines)}</p>`;
    }
  });
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of text.split(/\r?\n[ \t]*\r?\n/)) {
    let open: Block | undefined;
    for (const line of paragraph.split(/\r?\n/).filter((one) => one.trim() !== '')) {
      const kind = kindOf(line.trim());
      if (open?.kind !== kind) {
        open = { kind, lines: [] };
        blocks.push(open);
      }
      open.lines.push(kind === 'list' ? line.trim().slice(2) : line.trim());
    }
  }
  return blocks;
}

function kindOf(line: string): Block['kind'] {
  if (line.startsWith('- ')) return 'list';
  return line.startsWith('aftercare ') ? 'command' : 'text';
}

function item(line: string): Html {
  return markup`<li style="margin:0 0 4px;">${line}</li>`;
}

function broken(lines: readonly string[]): Html[] {
  return lines.map((line, index) => (index === 0 ? markup`${line}` : markup`<br>${line}`));
}

/** The picture with its sentence; its file comes with the mail. */
export function pictureBlock(alt: string): Html {
  return markup`<img src="cid:${pictureCid}" width="552" class="muted" alt="${alt}" style="${image}">`;
}

/** Lines of label and value beside each other. */
export function factsBlock(facts: Notice['facts']): Html {
  const rows = facts.map(
    (fact) =>
      markup`<tr><td class="muted" style="${label}">${fact.label}</td><td class="ink" style="${value}">${fact.value}</td></tr>`,
  );
  return markup`<table role="presentation" cellpadding="0" cellspacing="0">${rows}</table>`;
}
