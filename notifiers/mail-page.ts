import type { Notice } from '../domain/notice.js';
import { markup, type Html } from './html.js';
import { factsBlock, paragraphs, pictureBlock } from './mail-blocks.js';

interface Look {
  word: string;
  /** A colour never stands alone: it has a word and a shape. */
  shape: string;
  colour: string;
}

/** Word, shape and colour of a severity. */
export const looks: Readonly<Record<Notice['severity'], Look>> = {
  critical: { word: 'critical', shape: '■', colour: '#dc2626' },
  warning: { word: 'warning', shape: '▲', colour: '#b45309' },
  resolved: { word: 'resolved', shape: '●', colour: '#15803d' },
  info: { word: 'information', shape: '◆', colour: '#4b5563' },
};

const styles = `:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
.page { background: #0b0f19 !important; }
.card { background: #161b26 !important; }
.side { border-left-color: #2a3140 !important; border-right-color: #2a3140 !important; }
.side { border-bottom-color: #2a3140 !important; }
.ink { color: #f3f4f6 !important; }
.muted { color: #a3acba !important; }
.box { background: #0f1420 !important; border-color: #2a3140 !important; color: #e5e7eb !important; }
.line { border-color: #2a3140 !important; }
}
@media (max-width: 620px) { .pad { padding-left: 16px !important; padding-right: 16px !important; } }`;

const fonts = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const wrap = 'overflow-wrap:anywhere;word-break:break-word;';
const card =
  'width:100%;max-width:600px;background:#ffffff;border:1px solid #e5e7eb;' +
  `border-radius:8px;font-family:${fonts};`;
const chip =
  'display:inline-block;padding:2px 10px;border-radius:10px;color:#ffffff;' +
  'font-size:12px;font-weight:600;line-height:18px;';
const heading = `margin:12px 0 0;font-size:19px;line-height:26px;font-weight:600;color:#111827;${wrap}`;
const foot =
  'margin:0;padding-top:12px;border-top:1px solid #e5e7eb;font-size:12px;line-height:18px;' +
  `color:#6b7280;${wrap}`;

/** The mail as a page: one column of 600 px, styles inline, nothing that is fetched. */
export function mailPage(notice: Notice): string {
  const rows = [
    row(headOf(notice), '20px'),
    row(paragraphs(notice.text), '14px'),
    ...(notice.picture === null ? [] : [row(pictureBlock(notice.picture.alt), '8px')]),
    ...(notice.facts.length === 0 ? [] : [row(factsBlock(notice.facts), '16px')]),
    row(markup`<p class="muted line" style="${foot}">Aftercare · ${notice.deliveryId}</p>`, '20px'),
  ];
  const edge = `border-top:4px solid ${looks[notice.severity].colour};`;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${notice.subject}</title><style>${{ html: styles }}</style></head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0"
 style="background:#f3f4f6;"><tr><td align="center" style="padding:24px 8px;">
<table role="presentation" class="card side" width="600" cellpadding="0" cellspacing="0"
 style="${card}${edge}">
${rows}
<tr><td style="height:20px;line-height:20px;font-size:0;">&nbsp;</td></tr>
</table></td></tr></table></body></html>`.html;
}

function headOf({ severity, subject }: Notice): Html {
  const { shape, word, colour } = looks[severity];
  const filled = `${chip}background:${colour};`;
  return markup`<span style="${filled}">${shape} ${word}</span>
<h1 class="ink" style="${heading}">${subject}</h1>`;
}

function row(content: Html | readonly Html[], above: string): Html {
  return markup`<tr><td class="pad" style="padding:${above} 24px 0;">${content}</td></tr>\n`;
}
