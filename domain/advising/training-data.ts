import { isBroken, isImportant } from './broken.js';
import { dateWords } from './input.js';
import type { AdviceInput } from './input.js';
import { isJudged, numberOf } from './skill.js';
import type { TrainOn } from '../advice.js';
import type { Finding } from '../finding.js';
import { troubleWords } from '../naming.js';
import type { Instant, Window } from '../window.js';

/** Times, and names of what is wrong in one of them, that a sentence lists. */
const LISTED = 3;

/** What to leave out, [from, to). */
interface Span {
  what: string;
  from: Instant;
  to: Instant;
}

/** From when on, and what was mended then; from null: nothing says where to begin. */
interface Start {
  from: Instant | null;
  fixed: readonly string[];
}

/** null: no window is mature, and no fix says where to begin. */
export function trainingData(input: AdviceInput): TrainOn | null {
  const start = startOf(input);
  const ends = input.mature.flat().map(({ window }) => window.end);
  const until = Math.max(start.from ?? -Infinity, ...ends);
  if (until === -Infinity) return null;
  const spans = brokenSpans(input, { from: start.from ?? -Infinity, until });
  const handling = input.policy?.loop?.handling;
  const data = {
    ...{ from: start.from, until },
    exclude: [...spans, ...(handling === undefined ? [] : [{ rows: 'acted on' } as const])],
    weights: handling === 'ipw' ? handling : null,
    ...(input.policy === null ? { rows: null, positives: null } : countsOf(input)),
  };
  return { ...data, sentence: sentenceOf(data, start.fixed, input) };
}

/** Labelled rows, and positives of a metric that has some, of the mature windows to train on. */
export function countsOf(input: AdviceInput): Pick<TrainOn, 'rows' | 'positives'> {
  if (input.range !== undefined) return input.range;
  const from = startOf(input).from ?? -Infinity;
  const spans = brokenSpans(input, { from, until: Infinity });
  const isIn = ({ window }: Finding): boolean =>
    window.start >= from && !spans.some((span) => span.from < window.end && span.to > window.start);
  const metric = input.policy?.metric ?? null;
  const known = input.mature.flat().filter((one) => isJudged(one, metric));
  const counted = known.filter(isIn);
  const positives = counted.flatMap(({ details }) => numberOf(details['positives']) ?? []);
  return {
    rows: known.length === 0 ? null : sumOf(counted.map(({ nCurrent }) => nCurrent)),
    positives: positives.length === 0 ? null : sumOf(positives),
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** Rows before the newest accepted fix of what matters would teach what is mended. */
function startOf(input: AdviceInput): Start {
  const fixes = (input.accepted ?? []).filter(
    ({ effect, target }) => effect === 'fix' && isImportant(target, input),
  );
  if (fixes.length === 0) return { from: null, fixed: [] };
  const from = Math.max(...fixes.map((fix) => fix.from));
  const fixed = fixes.filter((fix) => fix.from === from).map(({ target }) => target);
  return { from, fixed: [...new Set(fixed)].sort() };
}

/** Windows with a broken column or labels at fault; those that touch and say the same are one. */
function brokenSpans(
  input: AdviceInput,
  { from, until }: { from: Instant; until: Instant },
): Span[] {
  const found = new Map<string, { window: Window; what: Set<string> }>();
  for (const finding of [...input.mature.flat(), ...(input.broken ?? [])]) {
    const { window } = finding;
    const what = faultOf(finding, input);
    if (what === null || window.end <= from || window.start >= until) continue;
    const key = `${window.start}/${window.end}`;
    const one = found.get(key) ?? { window, what: new Set() };
    found.set(key, { window, what: one.what.add(what) });
  }
  const spans: Span[] = [];
  const inOrder = [...found.values()].sort(
    (a, b) => a.window.start - b.window.start || a.window.end - b.window.end,
  );
  for (const { window, what } of inOrder) {
    const next = {
      ...{ what: listed([...what].sort(), ', '), from: Math.max(window.start, from) },
      to: Math.min(window.end, until),
    };
    const last = spans.at(-1);
    if (last?.what !== next.what || last.to < next.from) spans.push(next);
    else last.to = Math.max(last.to, next.to);
  }
  return spans;
}

/** What must not be learned from a finding's window, in words; null: nothing. */
function faultOf(finding: Finding, input: AdviceInput): string | null {
  if (finding.reason === 'label_fault') return 'labels at fault';
  // Nothing is learned from predictions.
  const isLearned = finding.target !== 'predictions';
  return isLearned && isBroken(finding, input) ? troubleWords(finding) : null;
}

function listed(words: readonly string[], between: string): string {
  const more = words.length - LISTED;
  return words.slice(0, LISTED).join(between) + (more > 0 ? `${between}and ${more} more` : '');
}

function sentenceOf(
  { from, until, exclude, weights, rows, positives }: Omit<TrainOn, 'sentence'>,
  fixed: readonly string[],
  input: AdviceInput,
): string {
  const dates = (at: Instant): string => dateWords(at, input);
  const why = `older ones have the fault that was fixed in ${listed(fixed, ', ')}`;
  const isEmpty = from === until;
  const range =
    from === null
      ? `rows before ${dates(until)}, where mature labels end`
      : isEmpty
        ? `rows from ${dates(from)} on, for ${why}; none of them has a mature label yet`
        : `rows from ${dates(from)} to ${dates(until)}, where mature labels end, for ${why}`;
  const spans = exclude.flatMap((one) =>
    'rows' in one ? [] : [`${dates(one.from)} to ${dates(one.to)} (${one.what})`],
  );
  const isActed = exclude.some((one) => 'rows' in one);
  const held = weights === null ? '' : '; rows held out weigh one over their chance to be';
  const known =
    (positives === null ? '' : `, ${positives} of them positive`) +
    (isActed ? ', with those acted on' : '');
  return [
    `Train on: ${range}`,
    ...(spans.length === 0 ? [] : [`without ${listed(spans, ', ')}`]),
    ...(isActed ? [`without rows acted on${held}`] : []),
    ...(rows === null || isEmpty ? [] : [`at least ${rows} labelled rows are there${known}`]),
  ]
    .join('; ')
    .concat('.');
}
