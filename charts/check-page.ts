import type { Verdict } from '../domain/finding.js';
import type { DistributionBin } from './distribution.js';
import { loopSvg } from './loop.js';
import type { DrawnLink } from './loop.js';
import { figureHtml, listHtml, pageOf, tableHtml, verdictHtml } from './page.js';
import { xml } from './render.js';

/** A finding in words. */
export interface PageFinding {
  check: string;
  /** What it is about: a column, a part of the rows. */
  about: string;
  value: string;
  limits: string;
  /** null: computed for people, and not judged. */
  verdict: Verdict | null;
  /** '' where its row says all. */
  sentence: string;
}

/** One that somebody has to look at. */
export interface PagePicture extends PageFinding {
  /** What is drawn, a column of all rows as it was and is; null: nothing. */
  picture: { title: string; bins: readonly DistributionBin[] } | null;
}

export interface PageLink extends DrawnLink {
  sentence: string;
  /** What stronger evidence takes; '' for nothing. */
  missing: string;
}

/** A check of one window as a page. All texts may hold anything: they are inert on the page. */
export interface CheckPage {
  title: string;
  about: readonly string[];
  /** What to do, and why. */
  advice: { action: string; reasons: readonly string[] };
  /** What somebody has to look at, causes first. */
  bad: readonly PagePicture[];
  /** The links of the loop in the order of the ring; []: the monitor says nothing of one. */
  loop: readonly PageLink[];
  /** Inputs that are not what they were: name, since when, importance, source, how. */
  changed: readonly (readonly string[])[];
  /** Every finding, and those of the newest window with mature labels. */
  all: readonly PageFinding[];
  mature: { title: string; findings: readonly PageFinding[] } | null;
  notes: readonly string[];
}

/** So many findings are drawn: every picture takes 10 KB. */
const MOST_PICTURES = 30;

/** A page of HTML that needs nothing beside it (see pageOf). */
export function checkPage(page: CheckPage): string {
  const { advice, bad, loop, changed, all, mature, notes } = page;
  const drawn = bad.filter(({ picture }) => picture !== null).slice(0, MOST_PICTURES);
  return pageOf(page, [
    `<section><h3>Advice: ${xml(advice.action)}</h3>`,
    ...advice.reasons.map((text) => `<p>${xml(text)}</p>`),
    '</section>',
    '<h2>To look at</h2>',
    bad.length === 0 ? '<p>Nothing.</p>' : '',
    ...bad.map((finding) => section(finding, drawn.includes(finding))),
    ...loopHtml(loop),
    ...changedHtml(changed),
    ...(mature === null ? [] : [`<h2>${xml(mature.title)}</h2>`, table(mature.findings)]),
    listHtml('Notes', notes),
    `<h2>All findings</h2><details><summary>${all.length} findings</summary>${table(all)}</details>`,
  ]);
}

function section(finding: PagePicture, isDrawn: boolean): string {
  const { check, about, value, limits, verdict, sentence, picture } = finding;
  const words = [check, about].filter((text) => text !== '').join(' · ');
  const numbers = [value, limits === '' ? '' : `limits ${limits}`].filter((text) => text !== '');
  return [
    `<section><h3>${xml(words)} ${verdictHtml(verdict ?? 'unknown')}</h3>`,
    `<p>${xml(sentence)}</p>`,
    numbers.length === 0 ? '' : `<p class="about">${xml(numbers.join(' · '))}</p>`,
    isDrawn && picture ? figureHtml(picture.title, picture.bins) : '',
    '</section>',
  ].join('\n');
}

function loopHtml(loop: readonly PageLink[]): string[] {
  if (loop.length === 0) return [];
  const rows = loop.map(({ from, to, evidence, strength, sentence, missing }) => {
    const more = missing === '' ? '' : `<p class="about">${xml(missing)}</p>`;
    return [xml(`${from} → ${to}`), xml(evidence), xml(strength), `<p>${xml(sentence)}</p>${more}`];
  });
  return [
    '<h2>The feedback loop</h2>',
    `<figure>${loopSvg(loop)}</figure>`,
    tableHtml(['link', 'evidence', 'strength', 'what it says'], rows),
  ];
}

function changedHtml(changed: CheckPage['changed']): string[] {
  if (changed.length === 0) return [];
  const heads = ['input', 'since', 'importance', 'source', 'how much'];
  const rows = changed.map((cells) => cells.map(xml));
  return ['<h2>Inputs that are not what they were in the reference</h2>', tableHtml(heads, rows)];
}

function table(findings: readonly PageFinding[]): string {
  const rows = findings.map(({ check, about, value, limits, verdict, sentence }) => [
    xml(check),
    xml(about),
    xml(value),
    xml(limits),
    verdict === null ? 'shown' : verdictHtml(verdict),
    `<p>${xml(sentence)}</p>`,
  ]);
  return tableHtml(['check', 'about', 'value', 'limits', 'verdict', 'sentence'], rows);
}
