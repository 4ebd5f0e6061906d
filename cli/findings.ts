import { isUnvaried, unvariedWords } from '../app/unvaried.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { cut, shownWord, table, verdictWord, wrap } from './output.js';
import {
  amountWords,
  countWords,
  expectedBy,
  limitsWords,
  partWords,
  valueWords,
} from './words.js';

/** Fewer ok columns of one check than this are shown one by one. */
const FEW = 4;

/**
 * One line per finding; what is bad, unknown or expected says why below it, and of which part of
 * the rows. `brief`: the ok columns of a check are one line, and so are the unknown ones; columns
 * without variation are named once, below.
 */
export function findingsTable(
  findings: readonly Finding[],
  detail: 'brief' | 'every' = 'brief',
): string {
  const head = ['CHECK', 'TARGET', 'VALUE', 'LIMITS', 'VERDICT'];
  const isBrief = detail === 'brief';
  const listed = isBrief ? findings.filter((finding) => !isUnvaried(finding)) : findings;
  const lines = isBrief ? briefLines(listed) : listed.map(lineOf);
  const cells = lines.map((line) => line.cells);
  const [header = '', ...rows] = table(head, cells).split('\n');
  const body = rows.flatMap((row, i) => {
    const sentence = lines[i]?.sentence ?? null;
    return sentence === null ? [row] : [row, wrap(sentence, 80, '   ')];
  });
  const unvaried = isBrief ? unvariedWords(findings) : null;
  const below = unvaried === null ? [] : [wrap(unvaried, 80, ' ')];
  return [header, ...body, ...below].join('\n');
}

interface Line {
  cells: string[];
  sentence: string | null;
}

function lineOf(finding: Finding): Line {
  const { check, target, verdict, sentence } = finding;
  const words = [valueWords(finding), limitsWords(finding), wordOf(finding)];
  const part = partWords(finding);
  const of = part === '' ? cut(target, 24) : cut(`${cut(target, 24)}, ${part}`, 36);
  const isSilent = verdict === 'ok' && expectedBy(finding) === null;
  const said = part === '' ? sentence : `In ${part}: ${sentence}`;
  return { cells: [check, of, ...words], sentence: isSilent ? null : said };
}

/** Its verdict, or that it has none. */
const wordOf = (finding: Finding): string =>
  isShown(finding) ? shownWord() : verdictWord(finding.verdict);

/** True for a score that nobody judges. */
export const isShown = (finding: Finding): boolean =>
  finding.verdict === 'ok' && !isJudged(finding);

const isLike = (one: Finding, other: Finding): boolean =>
  one.check === other.check &&
  one.verdict === other.verdict &&
  isShown(one) === isShown(other) &&
  expectedBy(one) === expectedBy(other) &&
  // what an event covers is not counted as calm, but its parts are counted together
  (expectedBy(one) === null || (partWords(one) !== '' && partWords(other) !== ''));

function briefLines(findings: readonly Finding[]): Line[] {
  return findings.flatMap((finding) => {
    const { check, verdict, sentence } = finding;
    const same = findings.filter((other) => isLike(finding, other));
    const isCalm = verdict === 'ok' || verdict === 'unknown';
    if (!isCalm || same.length < FEW) return [lineOf(finding)];
    if (finding !== same[0]) return [];
    const words = [amountOf(same), '', limitsWords(finding), wordOf(finding)];
    const event = expectedBy(finding);
    const calm = event === null ? null : `Expected: ${event}.`;
    return [{ cells: [check, ...words], sentence: verdict === 'ok' ? calm : sentence }];
  });
}

/** `8 columns, 72 in parts`: columns of all rows, then what was asked of parts of them. */
function amountOf(findings: readonly Finding[]): string {
  const whole = findings.filter((one) => partWords(one) === '').length;
  const parts = findings.length - whole;
  return [
    ...(whole === 0 ? [] : [amountWords(whole, 'column')]),
    ...(parts === 0 ? [] : [`${countWords(parts)} in parts`]),
  ].join(', ');
}
