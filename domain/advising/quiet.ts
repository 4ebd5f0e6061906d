import { driftEvidence } from './drift.js';
import { dateWords, refOf } from './input.js';
import type { AdviceInput } from './input.js';
import { isHeld, type Performance } from './performance.js';
import type { Advice } from '../advice.js';
import { isJudged } from '../finding.js';
import { eventOf } from '../events.js';
import type { Finding } from '../finding.js';
import { metricName } from '../metric-names.js';
import { troubleWords } from '../naming.js';

/** Troubles that are named one by one. */
const NAMED = 4;

const isBad = ({ verdict }: Finding): boolean => verdict === 'alert' || verdict === 'warn';

/** No row asks for anything: none, naming what that rests on; unknown when that is nothing. */
export function quiet(input: AdviceInput, performance: Performance): Advice {
  const { window } = input;
  const judged = driftEvidence(input).judged.filter(isJudged);
  if (performance.newest === null && judged.length === 0) {
    const text = 'Neither performance nor drift could be judged.';
    return { action: 'unknown', reasons: [{ text, findings: [] }], blockers: [], window };
  }
  const rests = performance.newest === null ? judged : performance.findings.filter(isHeld);
  const reasons = [{ text: textOf(input, performance, judged), findings: rests.map(refOf) }];
  return { action: 'none', reasons, blockers: [], window };
}

function textOf(input: AdviceInput, performance: Performance, drift: readonly Finding[]): string {
  const newest = performance.findings[0];
  const expected = expectedWords(input);
  const others = input.findings.filter(
    (finding) => isBad(finding) && !['drift', 'performance'].includes(finding.category),
  );
  const bad = [...(newest === undefined ? [] : [newest]), ...drift, ...others].filter(isBad);
  if (input.policy === null && bad.length > 0) {
    const text =
      'The monitor has no retraining section, so that nothing asks for one; off: ' +
      `${listed(bad)}.`;
    return expected === null ? text : `${expected} ${text}`;
  }
  const opening = bad.length > 0 ? 'No reason to retrain' : 'Nothing to do';
  const said = [
    ...(newest === undefined ? [] : [metricWords(newest, input)]),
    driftWords(drift, expected),
    ...(newest === undefined ? ['drift only, for no window has mature labels yet'] : []),
    ...(others.length === 0 ? [] : [`also off: ${listed(others)}`]),
  ];
  if (expected === null) return `${opening}: ${said.join('; ')}.`;
  const left = bad.length > 0 ? 'Beside it no reason to retrain' : 'Beside it nothing to do';
  return `${expected} ${left}: ${said.join('; ')}.`;
}

/** What a known event explains, until when, and what then is told; null: it explains nothing. */
function expectedWords(input: AdviceInput): string | null {
  const known = input.findings.flatMap((finding) => {
    const event = eventOf(finding);
    return event === null ? [] : [{ ...event, finding }];
  });
  const names = [...new Set(known.map(({ name }) => name))];
  const until = Math.max(...known.map((one) => one.until));
  if (names.length === 0) return null;
  const what = listed(known.map(({ finding }) => finding));
  return (
    `Expected until ${dateWords(until, input)} by ${names.join(' and ')}: ${what}. ` +
    'What is still off in windows after that is told.'
  );
}

/** The newest mature window, and that there is none since. */
function metricWords(newest: Finding, input: AdviceInput): string {
  const name = metricName(newest.check);
  const { end } = newest.window;
  const since = end < input.window ? `; no mature labels since ${dateWords(end, input)}` : '';
  const how = isBad(newest)
    ? `is at ${newest.verdict}, no ${input.policy?.cost ? 'cost' : 'loss of skill'} that asks for it`
    : isJudged(newest)
      ? 'is within its limits'
      : isHeld(newest)
        ? 'shows no loss that asks for it'
        : 'could be held against nothing yet';
  return `${name} of the window to ${dateWords(end, input)} ${how}${since}`;
}

function driftWords(all: readonly Finding[], expected: string | null): string {
  const judged = all.filter((finding) => eventOf(finding) === null);
  if (judged.length === 0 && expected !== null) return 'no other drift was judged';
  if (judged.length === 0) return 'drift could not be judged';
  const features = countOf(judged.filter(({ check }) => check !== 'prediction_drift'));
  const bad = judged.filter(isBad);
  const hasPrediction = judged.some(({ check }) => check === 'prediction_drift');
  const parts = [
    ...(features === 0 ? [] : [features === 1 ? '1 feature' : `${features} features`]),
    ...(hasPrediction ? ['the predictions'] : []),
  ];
  const what = parts.join(' and ');
  return bad.length === 0 ? `${what} within their limits` : `off among ${what}: ${listed(bad)}`;
}

function countOf(findings: readonly Finding[]): number {
  return new Set(findings.map(({ target }) => target)).size;
}

function listed(findings: readonly Finding[]): string {
  const words = [...new Set(findings.map(troubleWords))];
  const more = words.length - NAMED;
  return more > 0 ? `${words.slice(0, NAMED).join(', ')} and ${more} more` : words.join(', ');
}
