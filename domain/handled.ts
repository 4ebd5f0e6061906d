import type { Finding, Verdict } from './finding.js';
import type { Handled, Reviewed } from './score.js';

/** Checks of what acting makes of labels; training can undo that, not what people confirm. */
const OF_ACTED_ROWS = new Set([
  ...['suppression', 'calibration_break', 'label_coverage', 'censored_positives'],
]);

/**
 * Findings with the loop handled: what rows acted on show informs. It is ok with the rule
 * `handled: ipw` and, in `details.handled`, what it would be.
 */
export function handledOf(findings: readonly Finding[], handled: Handled | null): Finding[] {
  if (handled === null) return [...findings];
  const { handling, version, reviewed } = handled;
  return findings.map((finding) => {
    const { check, verdict } = finding;
    const isBad = verdict === 'warn' || verdict === 'alert';
    if (!isBad || !OF_ACTED_ROWS.has(check) || finding.hard !== null) return finding;
    if (isBeyond(finding, reviewed)) {
      const told = reviewedWords(reviewed?.[check]);
      return { ...finding, sentence: `${finding.sentence} Not handled: beyond ${told}.` };
    }
    const sentence =
      `${finding.sentence} Handled: version ${version} was trained on no row acted on without a ` +
      `weight (${finding.rule}).`;
    const details = { ...finding.details, handled: { handling, version, verdict } };
    const rule = `handled: ${handling}`;
    return { ...finding, verdict: 'ok', rule, patience: 2, sentence, details };
  });
}

/**
 * True where the effect is surely beyond what people reviewed when they called the loop handled:
 * by its interval, or its value where it has none.
 */
export function isBeyond(
  { check, value, low, high }: Pick<Finding, 'check' | 'value' | 'low' | 'high'>,
  reviewed: Reviewed | undefined,
): boolean {
  const range = reviewed?.[check];
  if (range === undefined || value === null) return false;
  return (low ?? value) > range[1] || (high ?? value) < range[0];
}

function reviewedWords(range: Reviewed[string] | undefined): string {
  const [from, to] = range ?? [];
  return `what was reviewed, ${from} to ${to}`;
}

/** How a finding was judged before the loop was known to be handled. */
export function verdictBefore({ verdict, details }: Pick<Finding, 'verdict' | 'details'>): Verdict {
  const handled = details['handled'] as { verdict: Verdict } | undefined;
  return handled?.verdict ?? verdict;
}
