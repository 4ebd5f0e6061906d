import { figure } from './figures.js';
import type { Rules } from './rules.js';
import type { Finding } from '../finding.js';
import type { Key } from '../score.js';

/** What findings say of each other, once every one of them is judged. */
export function together(findings: readonly Finding[], rulesFor: (key: Key) => Rules): Finding[] {
  return upstream(explained(findings), rulesFor);
}

const isBad = ({ verdict }: Finding): boolean => verdict === 'warn' || verdict === 'alert';

/** A column that one value fills is explained by a mix below the usual warn limit of PSI. */
const FILLED = 0.05;

/**
 * A column that moved because the mix of its rows did has not drifted, and one that a single value
 * fills is not broken: where a mix is bad (`details.dimension`) and inside its parts
 * (`details.within`) the change stays below the warn limit, the finding is ok and says so.
 */
function explained(findings: readonly Finding[]): Finding[] {
  const mixes = findings.filter(isBad).flatMap(({ details: { dimension } }) => {
    return typeof dimension === 'string' ? [dimension] : [];
  });
  return findings.map((finding) => {
    const within = (finding.details['within'] ?? {}) as Record<string, number>;
    const { warn, rule } = finding.limits;
    const limit = typeof warn === 'number' ? warn : warn && 'above' in warn ? warn.above : 0;
    const floor = finding.hard === null ? limit : FILLED;
    const name = mixes.find((mix) => (within[mix] ?? Infinity) < floor);
    if (name === undefined || !isBad(finding) || rule === 'fixed') return finding;
    const words = wordsOf(name, figure(within[name] ?? 0));
    return {
      ...finding,
      verdict: 'ok',
      hard: null,
      patience: 2,
      rule: `${finding.rule}, explained by ${words.by}`,
      sentence: withNote(finding.sentence, words.why),
    };
  });
}

function wordsOf(name: string, inside: string): { by: string; why: string } {
  if (name === 'record_order') {
    const why = `the order of the records changed: over all rows of the files the change is ${inside}`;
    return { by: 'the order of the records', why };
  }
  const why = `the mix of ${name} changed: weighed to it the change is ${inside}`;
  return { by: `the mix of ${name}`, why };
}

/** Features that may move at once before it looks like one cause. */
const FEW = 3;
const SHARE = 0.1;

/**
 * More than 3 features, and more than a tenth of them, moved at once: a sign of one change upstream
 * and not of many drifts. Each of their findings says so and names the source that they share, so
 * that the one alert that gathers them does; there is no finding for it, which would be the same
 * news once more. Whole windows and each slice for itself.
 */
function upstream(findings: readonly Finding[], rulesFor: (key: Key) => Rules): Finding[] {
  const slices = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { category, over, judged } = rulesFor(finding);
    if (category !== 'drift' || over !== 'feature' || !judged) continue;
    if (finding.verdict === 'unknown') continue;
    const key = JSON.stringify(finding.slice);
    const slice = slices.get(key);
    if (slice === undefined) slices.set(key, [finding]);
    else slice.push(finding);
  }
  const notes = new Map<Finding, { note: string; upstream: Upstream }>();
  for (const group of slices.values()) {
    const all = targets(group);
    const moved = targets(group.filter(isBad));
    if (moved.size <= Math.max(FEW, SHARE * all.size)) continue;
    for (const finding of group.filter(isBad)) {
      notes.set(finding, noteOf(group, finding, { moved: moved.size, of: all.size }));
    }
  }
  return findings.map((finding) => {
    const found = notes.get(finding);
    if (found === undefined) return finding;
    const details = { ...finding.details, upstream: found.upstream };
    return { ...finding, details, sentence: withNote(finding.sentence, found.note) };
  });
}

interface Upstream {
  /** null: the monitor names none, or the feature is the only one of it. */
  source: string | null;
  moved: number;
  of: number;
}

function noteOf(
  group: readonly Finding[],
  { source }: Finding,
  all: { moved: number; of: number },
): { note: string; upstream: Upstream } {
  const whole = `${all.moved} of ${all.of} features`;
  const own = group.filter((other) => source !== null && other.source === source);
  const [moved, of] = [targets(own.filter(isBad)).size, targets(own).size];
  if (source === null || moved < 2) {
    return { note: `${whole} moved at once`, upstream: { source: null, ...all } };
  }
  const part = `${moved} of ${of} features of source ${source} moved`;
  return {
    note: `an upstream change: ${part}, ${whole} in all`,
    upstream: { source, moved, of },
  };
}

function targets(findings: readonly Finding[]): Set<string> {
  return new Set(findings.map(({ target }) => target));
}

function withNote(sentence: string, note: string): string {
  return `${sentence.replace(/\.$/, '')}; ${note}.`;
}
