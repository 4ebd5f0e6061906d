import type { Advice, FindingRef } from '../advice.js';
import type { AcceptedMark } from '../level.js';
import type { Finding } from '../finding.js';
import type { RetrainingPolicy } from '../monitor.js';
import { partWords } from '../naming.js';
import type { RetrainFacts } from '../requests/state.js';
import type { Instant } from '../window.js';
import { inZone } from '../zone.js';

/** All that an advice may see: the evidence document, stored by its hash. */
export interface AdviceInput {
  model: string;
  /** The instant judged for: cooldown counts from it. */
  at: Instant;
  /** Of the model's windows, in which instants are told; absent: in an older document. */
  timezone?: string;
  /** End of the newest window. */
  window: Instant;
  /** Findings of the newest window, of its highest revision. */
  findings: readonly Finding[];
  /**
   * Findings of the newest mature windows, newest first; the first two decide. Of the metric's
   * findings it reads `details.reference` (the metric on the reference), `details.trivial` (of the
   * trivial model: the majority share for accuracy, the error of the mean for rmse and mae; 0.5 for
   * roc_auc is known) and, when there, `details.positives` and `details.referenceStandardError`.
   */
  mature: readonly (readonly Finding[])[];
  /**
   * Of mature windows before those, since the last retraining, what counts right and wrong classes
   * (recall and specificity); absent: costs do not add up.
   */
  older?: readonly (readonly Finding[])[];
  /** null: the monitor has no retraining section, so nothing can be retrained. */
  policy: RetrainingPolicy | null;
  retrain: RetrainFacts | null;
  /** Column → share of importance, 0 to 1; null or absent = unknown. */
  importances: Readonly<Record<string, number | null>>;
  /** Levels that people accepted, of those that began by the newest window; absent: none. */
  accepted?: readonly AcceptedMark[];
  /** Of mature windows before `mature`, what says that a column is broken; absent: none. */
  broken?: readonly Finding[];
  /** Labelled rows of the training range; absent: as the windows of `mature` within it say. */
  range?: { rows: number; positives: number | null };
  /** What the version that was registered last says of its training; absent, null: none is. */
  trained?: Trained | null;
}

/** A version's word on rows acted on; `unweightedActed` null: it says nothing. */
export interface Trained {
  version: string;
  unweightedActed: number | null;
}

/** `2026-10-01`, `2026-10-01 05:00 Europe/Paris` when it is no midnight there. */
export function dateWords(
  at: Instant,
  { timezone = 'UTC' }: Pick<AdviceInput, 'timezone'>,
): string {
  const words = inZone(at, timezone);
  const [date = '', time] = words.split(' ');
  return time === '00:00' ? date : words;
}

/** A finding as its check and target, with the segment in words; null = all rows. */
export function refOf(finding: Finding): FindingRef {
  const parts = Object.entries(finding.slice).map(([name, value]) => `${name}=${value}`);
  const segment = parts.length === 0 ? null : parts.sort().join(', ');
  return { check: finding.check, target: finding.target, segment };
}

/** A reason that rests on findings; what rests on one part of the rows alone names it. */
export function reasonOf(text: string, findings: readonly Finding[]): Advice['reasons'][number] {
  const parts = new Set(findings.map(partWords));
  const [part = ''] = parts;
  const said = parts.size !== 1 || part === '' ? text : `In ${part}: ${text}`;
  return { text: said, findings: findings.map(refOf) };
}

/** By check, target and segment, so that the order in which findings come changes nothing. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const key = (finding: Finding): string => JSON.stringify(Object.values(refOf(finding)));
  const keyed = findings.map((finding) => ({ finding, key: key(finding) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ finding }) => finding);
}
