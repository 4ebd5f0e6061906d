import { isUnvaried, unvariedWords } from '../app/unvaried.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { becauseWords, foldByCause, type Folded } from '../domain/folding.js';
import { partWords, ruleWords, testLines, wholeSentence } from '../domain/naming.js';
import { actedNote } from './acted-note.js';
import { fitted } from './fitted.js';
import { cut, shownWord, verdictWord, wrap } from './output.js';
import { amountWords, countWords, expectedBy, limitsWords, valueWords } from './words.js';

/** Fewer ok columns of one check than this are shown one by one. */
const FEW = 4;

/**
 * One line per finding; what is bad, unknown or expected says why below it, and of which part of
 * the rows. `unfolded`: the ok columns of a check are one line, and so are the unknown ones; what
 * parts say of a column that is broken in all rows or in a source of them is counted behind that;
 * columns without variation are named once, below, as is what acting does to metrics. `brief`:
 * causes come first, too, and what a broken rule of its column explains is only counted behind it.
 * The tests that let something fire stand below, each once.
 */
export function findingsTable(
  findings: readonly Finding[],
  detail: 'brief' | 'unfolded' | 'every' = 'brief',
): string {
  const head = ['CHECK', 'TARGET', 'VALUE', 'LIMITS', 'VERDICT'];
  const isBrief = detail !== 'every';
  const listed = isBrief ? findings.filter((finding) => !isUnvaried(finding)) : findings;
  const which = detail === 'brief' ? 'all' : 'parts';
  const groups = isBrief ? foldByCause(listed, (one) => one, which) : listed.map(alone);
  const lines = isBrief ? briefLines(groups) : listed.map((one) => lineOf(alone(one)));
  const cells = lines.map((line) => line.cells);
  const [header = '', ...rows] = fitted(head, cells, 'TARGET').split('\n');
  const body = rows.flatMap((row, i) => {
    const sentence = lines[i]?.sentence ?? null;
    return sentence === null ? [row] : [row, wrap(sentence, 80, '   ')];
  });
  const beside = isBrief ? [actedNote(findings), unvariedWords(findings)] : [];
  const tests = testLines(lines.flatMap(({ of }) => of ?? []));
  const below = [...beside.filter((text) => text !== null), ...tests].map((text) =>
    wrap(text, 80, ' '),
  );
  return [header, ...body, ...below].join('\n');
}

interface Line {
  /** Absent: several. */
  of?: Finding;
  cells: string[];
  sentence: string | null;
}

const alone = (cause: Finding): Folded<Finding> => ({ cause, because: [] });

function lineOf({ cause: finding, because }: Folded<Finding>): Line {
  const { check, target, verdict } = finding;
  const words = [valueWords(finding), limitsWords(finding), wordOf(finding)];
  const part = partWords(finding);
  const place = part === '' ? cut(target, 24) : cut(placeIn(part, finding), 36);
  const isSilent = verdict === 'ok' && expectedBy(finding) === null;
  const sentence = isSilent ? null : saidOf({ cause: finding, because });
  return { of: finding, cells: [check, place, ...words], sentence };
}

/** What is said of a finding: itself, what it explains, the rule that fired. */
export function saidOf({ cause, because }: Folded<Finding>): string {
  const more = becauseWords(because, cause);
  const behind = [more === null ? null : `And ${more}.`, ruleWords(cause)];
  return [wholeSentence(cause), ...behind.filter((text) => text !== null)].join(' ');
}

/** A target in a part of the rows; a metric, which is its own target, is named once. */
const placeIn = (part: string, { check, target }: Finding): string =>
  check === target ? part : `${cut(target, 24)}, ${part}`;

/** Its verdict, or that it has none. */
const wordOf = (finding: Finding): string =>
  isShown(finding) ? shownWord() : verdictWord(finding.verdict);

/** True for a score that nobody judges. */
export const isShown = (finding: Finding): boolean =>
  finding.verdict === 'ok' && !isJudged(finding);

/** What findings that are told together have in common; null: it is told alone. */
function kindOf(one: Finding): string | null {
  const event = expectedBy(one);
  // what an event covers is not counted as calm, but its parts are counted together
  if (event !== null && partWords(one) === '') return null;
  return JSON.stringify([one.check, one.verdict, isShown(one), limitsWords(one), event]);
}

function briefLines(groups: readonly Folded<Finding>[]): Line[] {
  const kinds = new Map<string, Finding[]>();
  const together = groups.map(({ cause }): Finding[] => {
    const kind = kindOf(cause);
    if (kind === null) return [];
    const same = kinds.get(kind) ?? [];
    kinds.set(kind, same);
    same.push(cause);
    return same;
  });
  return groups.flatMap((group, place) => {
    const finding = group.cause;
    const { check, verdict } = finding;
    const same = together[place] ?? [];
    const isCalm = verdict === 'ok' || verdict === 'unknown';
    if (!isCalm || same.length < FEW) return [lineOf(group)];
    if (finding !== same[0]) return [];
    const words = [amountOf(same), '', limitsWords(finding), wordOf(finding)];
    const event = expectedBy(finding);
    const calm = event === null ? null : `Expected: ${event}.`;
    return [{ cells: [check, ...words], sentence: verdict === 'ok' ? calm : sharedSentence(same) }];
  });
}

/** What is said of several columns: of none by name, and how many other reasons there are. */
function sharedSentence(same: readonly Finding[]): string {
  const said = same.map(({ check, target, sentence }) =>
    sentence.replace(`${check} of ${target}`, check),
  );
  const others = new Set(said).size - 1;
  const [first = ''] = said;
  if (others === 0) return first;
  const reasons = others === 1 ? 'is 1 other reason' : `are ${others} other reasons`;
  return `${same[0]?.sentence ?? ''} There ${reasons}; -v tells all.`;
}

/** `8 columns, 72 in parts`: columns of all rows, then what was asked of parts of them. */
function amountOf(findings: readonly Finding[]): string {
  const whole = findings.filter((one) => partWords(one) === '').length;
  const parts = findings.length - whole;
  const isSeries = findings[0]?.check === 'system_metric';
  const amount = isSeries ? `${countWords(whole)} series` : amountWords(whole, 'column');
  return [
    ...(whole === 0 ? [] : [amount]),
    ...(parts === 0 ? [] : [`${countWords(parts)} in parts`]),
  ].join(', ');
}
