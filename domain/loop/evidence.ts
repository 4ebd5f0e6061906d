import type { Finding } from '../finding.js';
import { verdictBefore } from '../handled.js';
import { Z95 } from '../../stats/normal.js';

/** Strongest first: what chance decided, how data flow, what goes together. */
export const evidenceKinds = ['causal', 'structural', 'associational'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** What a finding says of one link. */
export interface Told {
  /** `not_seen`: it looked, and what it saw is within its limits or chance. */
  state: 'seen' | 'not_seen';
  kind: EvidenceKind;
  value: number | null;
  low: number | null;
  high: number | null;
  /** Of the interval, 0 to 1; null: there is none. */
  level: number | null;
  pValue: number | null;
}

/** A finding read for a link; null: it was judged, and says nothing of this one. */
export type Reads = (finding: Finding, kind: EvidenceKind) => Told | null;

const isBad = (finding: Finding): boolean => ['warn', 'alert'].includes(verdictBefore(finding));

const stateOf = (finding: Finding): Told['state'] => (isBad(finding) ? 'seen' : 'not_seen');

/** The finding as it was judged, whatever training makes of it. */
export const asJudged: Reads = (finding, kind) => {
  const { value, low, high, interval, pValue, details } = finding;
  const level = interval === null ? null : Number(details['level'] ?? 0.95);
  return { state: stateOf(finding), kind, value, low, high, level, pValue };
};

/** Of rows labelled blind that may be others than those labelled with the answer in sight. */
export const asDrawn: Reads = (finding, kind) =>
  asJudged(finding, finding.details['random'] === true ? kind : 'associational');

interface Contrast {
  about: string;
  psi: number;
  low: number;
  high: number;
  pValue: number;
}

const contrasts = (finding: Finding): readonly Contrast[] =>
  isBad(finding) ? (finding.details['contrasts'] as readonly Contrast[]) : [];

function ofContrast(finding: Finding, found: Contrast, kind: EvidenceKind): Told {
  const { psi, low, high, pValue } = found;
  return { state: stateOf(finding), kind, value: psi, low, high, level: 0.95, pValue };
}

/** Arms whose labels differ; that nothing else does says little of labels. */
export const ofLabels: Reads = (finding, kind) => {
  const found = contrasts(finding).find(({ about }) => about === 'the label');
  return found === undefined ? null : ofContrast(finding, found, kind);
};

/** Arms that differ in what is asked of the model, features or predictions. */
export const ofRows: Reads = (finding, kind) => {
  if (!isBad(finding)) return asJudged(finding, kind);
  const found = contrasts(finding).find(({ about }) => about !== 'the label');
  return found === undefined ? null : ofContrast(finding, found, kind);
};

interface Slope {
  value: number;
  standardError: number;
  pValue: number;
}

/** One half of what `allocation_gain` measured, which is judged by both together. */
const half =
  (of: 'labels' | 'decisions'): Reads =>
  (finding, kind) => {
    const links = finding.details['links'] as Record<typeof of, Slope>;
    const { value, standardError, pValue } = links[of];
    const [low, high] = [value - Z95 * standardError, value + Z95 * standardError];
    return { state: stateOf(finding), kind, value, low, high, level: 0.95, pValue };
  };
export const labelsFollow = half('labels');
export const decisionsFollow = half('decisions');

/** Exposure that concentrates, where it is suspected to reinforce itself. */
export const reinforced: Reads = (finding, kind) => {
  const loop = finding.details['loop'] as { suspected: boolean } | string | null;
  if (loop === null || typeof loop === 'string') return null;
  const told = asJudged(finding, kind);
  return told && { ...told, state: loop.suspected ? told.state : 'not_seen' };
};
