import { discoveries } from '../../stats/multiple.js';
import { isJudged, NO_LIMITS, SHOWN } from '../finding.js';
import type { Finding, Verdict } from '../finding.js';
import { aboutWords } from '../naming.js';
import { crossed, limitInWords } from './limit-words.js';
import type { Key, Score, UnknownReason } from '../score.js';
import type { Rules } from './rules.js';
import { together } from './together.js';
import { unknownInWords } from './unknown-words.js';

/** The drift of a feature below this importance is at most warn, unless the prediction moves. */
const HIGH_IMPORTANCE = 0.05;

/** The rule of a change that is real and too small to act upon. */
const SMALL = 'small, for information';

type Outcome = Pick<Finding, 'verdict' | 'rule' | 'patience' | 'reason'>;

/**
 * Judges all scores of a run at once: false-discovery control needs them together. No memory, no
 * clock; `inputs` is the hash of what was judged. The order of the scores is kept.
 */
export function judge(
  scores: readonly Score[],
  rulesFor: (key: Key) => Rules,
  inputs: string,
): Finding[] {
  const found = significantOnes(scores, rulesFor);
  const first = scores.map((score, index) =>
    outcomeOf(score, rulesFor(score), found[index] ?? false),
  );
  const moves = scores.some(
    (score, index) => rulesFor(score).over === 'score' && isBad(first[index]?.verdict),
  );
  const findings = scores.map((score, index): Finding => {
    const rules = rulesFor(score);
    const outcome = first[index] ?? outcomeOf(score, rules, false);
    const capped = moves ? outcome : cap(score, rules, outcome);
    const { reason } = capped;
    return {
      ...score,
      ...capped,
      category: rules.category,
      running: rules.running,
      limits: rules.limits,
      source: rules.source,
      sentence:
        reason === null
          ? rules.say(score, aboutWords(score))
          : unknownInWords({ ...score, reason, target: aboutWords(score) }, rules),
      ...(isBad(capped.verdict) ? testOf(score, rules) : {}),
      inputs,
    };
  });
  return together(findings, rulesFor);
}

/**
 * True when anything was judged that says something of the model or its rows. That a column is
 * there and of its type says nothing where all else of it lacks data.
 */
export function anythingJudged(findings: readonly Finding[]): boolean {
  const about = new Set(['volume', 'ready', 'freshness', 'model_age', 'reference_age']);
  const judged = findings.filter(
    (one) => isJudged(one) && !about.has(one.check) && one.category !== 'system',
  );
  const thin = new Set(
    judged.flatMap(({ reason, target }) => (reason === 'insufficient_data' ? [target] : [])),
  );
  return judged.some(({ check, verdict, target }) =>
    check === 'schema' && verdict === 'ok' ? !thin.has(target) : verdict !== 'unknown',
  );
}

/** True when a check could not be carried out: what it would have said is not known. */
export function anythingFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ reason }) => reason === 'error');
}

function isBad(verdict: Verdict | undefined): boolean {
  return verdict === 'warn' || verdict === 'alert';
}

/** `rule: fixed` asks no test; false discoveries are kept few over all that one check is asked. */
function testOf(score: Score, rules: Rules): Pick<Finding, 'test'> {
  const { limits, discoveryRate } = rules;
  if (score.hard === null && limits.rule === 'fixed') return { test: 'none, by "rule: fixed"' };
  const words = rules.test?.(score);
  if (words === undefined) return {};
  if (score.hard !== null || discoveryRate === null) return { test: words };
  return {
    test: `${words}; ${discoveryRate * 100} % false discoveries at most, over all columns and parts`,
  };
}

/** Which scores pass their check's false-discovery control; true where it has none. */
function significantOnes(scores: readonly Score[], rulesFor: (key: Key) => Rules): boolean[] {
  const result = scores.map(() => true);
  const groups = new Map<string, number[]>();
  scores.forEach((score, index) => {
    const rules = rulesFor(score);
    if (rules.discoveryRate === null) return;
    result[index] = false;
    if (score.pValue === null || isThin(score, rules)) return;
    const group = groups.get(score.check);
    if (group === undefined) groups.set(score.check, [index]);
    else group.push(index);
  });
  for (const indices of groups.values()) {
    const tested = indices.flatMap((index) => scores[index] ?? []);
    const rate = tested[0] === undefined ? null : rulesFor(tested[0]).discoveryRate;
    const found = discoveries(
      tested.map((score) => score.pValue ?? 1),
      rate ?? 0,
    );
    indices.forEach((index, place) => (result[index] = found[place] ?? false));
  }
  return result;
}

function isThin(score: Score, { limits, needsReference }: Rules): boolean {
  const rows = needsReference ? Math.min(score.nCurrent, score.nReference) : score.nCurrent;
  return rows < limits.minRows;
}

function outcomeOf(score: Score, rules: Rules, found: boolean): Outcome {
  const { limits } = rules;
  if (score.hard !== null) return { ...known('alert', score.hard), patience: 1 };
  if (score.reason !== null) return unknown(score.reason, score.reason);
  if (score.value === null || !Number.isFinite(score.value)) return unknown('error', 'no value');
  if (isThin(score, rules)) return unknown('insufficient_data', `< ${limits.minRows} rows`);
  if (!rules.judged) return known('ok', SHOWN);
  return limited(score, rules, found);
}

function known(verdict: Verdict, rule: string): Outcome {
  return { verdict, rule, patience: 2, reason: null };
}

function unknown(reason: UnknownReason, rule: string): Outcome {
  return { verdict: 'unknown', rule, patience: 2, reason };
}

function limited(score: Score, rules: Rules, found: boolean): Outcome {
  const { limits, worse } = rules;
  const fixed = limits.rule === 'fixed';
  const label = fixed ? ', fixed' : '';
  let chance = '';
  let isOpen = false;
  for (const level of ['alert', 'warn'] as const) {
    const limit = limits[level];
    if (limit === null) continue;
    const isCrossed = crossed(score, limit, worse);
    if (isCrossed === null) isOpen = true;
    if (isCrossed !== true) continue;
    const words = limitInWords(score.check, limit, worse);
    if (!fixed && !(found && rules.significant(score, level))) {
      chance = words;
      continue;
    }
    const patience = level === 'alert' || rules.urgent(score) ? 1 : 2;
    const held = chance === '' ? '' : `, held at warn: not sure enough for ${chance}`;
    return { ...known(level, words + label + held), patience };
  }
  const asksAlso = limits.warn !== null && !fixed && found && rules.significant(score, 'warn');
  const also = asksAlso ? (rules.also?.(score) ?? null) : null;
  if (also !== null) return known('warn', also);
  // One limit may be crossed where another cannot be told; none can be said to hold then.
  if (isOpen) return unknown('no_reference', 'no reference for a drop');
  if (chance !== '') return known('ok', `${chance}, but within chance`);
  const isSmall = !fixed && found && rules.significant(score, 'warn');
  if (isSmall && rules.small?.(score) === true) return known('ok', SMALL);
  const isFree = limits.warn === null && limits.alert === null;
  return known('ok', isFree ? NO_LIMITS : `within limits${label}`);
}

/** The drift of one feature alone is no emergency: its prediction does not move. */
function cap(score: Score, rules: Rules, outcome: Outcome): Outcome {
  const isFeatureDrift = rules.category === 'drift' && rules.over === 'feature';
  if (outcome.verdict !== 'alert' || !isFeatureDrift || score.hard !== null) return outcome;
  const { importance } = rules;
  if (importance !== null && importance >= HIGH_IMPORTANCE) return outcome;
  const why = importance === null ? 'importance unknown' : `importance ${importance}`;
  const patience = rules.urgent(score) ? 1 : 2;
  return { ...known('warn', `${outcome.rule}, held at warn: ${why}`), patience };
}
