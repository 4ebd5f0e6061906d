import type { Finding } from '../domain/finding.js';
import { coarseColumns } from '../domain/judging/coarsen.js';
import { judge } from '../domain/judging/judge.js';
import type { Rules } from '../domain/judging/rules.js';
import { isSameSlice } from '../domain/profile.js';
import type { Evidence, Key, Reading } from '../domain/score.js';
import type { Question } from './questions.js';

/** The rule of drift that was there in the first window already. */
export const FROM_START = 'off from the start (skew), for information';

interface From {
  /** The question of each finding, in their order. */
  asked: readonly { question: Question }[];
  /** Of the whole and of its slices. */
  all: readonly Evidence[];
  measure(question: Question, evidence: Evidence): Reading;
  rulesFor(key: Key): Rules;
}

/** A bad finding with what can be asked about it once more. */
interface Bad {
  finding: Finding;
  question: Question;
  evidence: Evidence;
}

/**
 * Findings in which a column that was off from the start is no drift: the model learnt from other
 * values, and nothing happened since. The first window says so for information. Until live windows
 * tell what is usual, later ones fire only where the first window was not off by the same limits,
 * or where the window moved from the first one by them. (That it is no further from the training
 * rows would not do: a column that moves sideways, or past them, is as far as before.) What cannot
 * be compared with the first window fires, and so do broken rules, values that the model never saw
 * (`unseen_categories`, `out_of_range`), `skew` itself, and what is measured by an accepted level
 * or by another reference.
 */
export function offFromStart(findings: readonly Finding[], from: From): Finding[] {
  const bad = findings.flatMap((finding, place) => badOf(finding, place, from));
  if (bad.length === 0) return [...findings];
  const later = bad.filter(({ evidence }) => evidence.first !== null);
  const [then, since] = [again(later, asFirst, from), again(later, fromFirst, from)];
  const isSame = (place: number) => isBad(then[place]) && since[place]?.verdict === 'ok';
  const news = new Set(later.filter((_, place) => !isSame(place)));
  const old = new Map(bad.filter((one) => !news.has(one)).map((one) => [one.finding, one]));
  return findings.map((finding) => {
    const one = old.get(finding);
    return one === undefined ? finding : forInformation(one);
  });
}

const isBad = (finding: Finding | undefined): boolean =>
  finding?.verdict === 'warn' || finding?.verdict === 'alert';

function badOf(finding: Finding, place: number, { asked, all }: From): Bad[] {
  const question = asked[place]?.question;
  const evidence = all.find(({ current }) => isSameSlice(current.slice, finding.slice));
  if (!isBad(finding) || finding.hard !== null || question === undefined) return [];
  const { check, spec } = question;
  const isOfColumns = check.over === 'feature' || check.over === 'score';
  const isDrift = check.category === 'drift' && check.kind === 'statistical';
  const isAlways = check.name === 'skew' || spec.against !== null;
  const isFree = finding.details['accepted'] === undefined;
  if (!isOfColumns || !isDrift || isAlways || !isFree || evidence?.first === undefined) return [];
  return [{ finding, question, evidence }];
}

/** The same questions on other evidence, judged alike. */
function again(bad: readonly Bad[], on: (evidence: Evidence) => Evidence, from: From): Finding[] {
  const scores = bad.map(({ finding, question, evidence }) => ({
    ...finding,
    ...from.measure(question, on(evidence)),
  }));
  return judge(scores, (key) => from.rulesFor(key), '');
}

/** The first window, by what the window is judged by. */
const asFirst = (evidence: Evidence): Evidence => ({
  ...evidence,
  current: evidence.first ?? evidence.current,
});

/** The window, by the first one; both coarse. */
function fromFirst(evidence: Evidence): Evidence {
  const { first, current, grid } = evidence;
  const now = { ...current, columns: coarseColumns(grid, current.columns) };
  return { ...evidence, current: now, reference: first ?? evidence.reference };
}

function forInformation({ finding, evidence }: Bad): Finding {
  const words =
    evidence.first === null
      ? 'Off from the start: the model learnt from other values. Told is what changes from here on'
      : 'So it was from the start: the first window was as far from what the model learnt from';
  const sentence = `${finding.sentence} ${words} (${finding.rule}).`;
  return { ...finding, verdict: 'ok', rule: FROM_START, patience: 2, sentence };
}
