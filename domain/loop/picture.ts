import { isWhole } from '../slice.js';
import { refOf, type Trained } from '../advising/input.js';
import type { FindingRef } from '../advice.js';
import { isJudged, type Finding } from '../finding.js';
import type { Window } from '../window.js';
import { evidenceKinds } from './evidence.js';
import type { EvidenceKind, Told } from './evidence.js';
import { lacking, untrained } from './missing.js';
import type { Missing } from './missing.js';
import { hasLoop, links } from './ways.js';
import type { Asked, LoopNode, Way } from './ways.js';

/** How strong what speaks of a link says it is. */
export interface Strength extends Pick<Told, 'value' | 'low' | 'high' | 'level' | 'pValue'> {
  /** Who says it: a check by the name that the monitor gives it, or `version 7`. */
  by: string;
  /** What the value is, in words. */
  of: string;
}

/** One link of the loop, with the strongest that is known of it. */
export interface LoopLink {
  from: LoopNode;
  to: LoopNode;
  /** `not_seen`: what speaks of it is within its limits or chance, which proves no absence. */
  state: Told['state'] | 'unknown';
  /** null: unknown. */
  kind: EvidenceKind | null;
  strength: Strength | null;
  /** Window of the finding that speaks; null: none does. */
  window: Window | null;
  sentence: string;
  /** All findings that say the same of it, the strongest kind first. */
  findings: readonly FindingRef[];
  /** What stronger evidence takes; null: it is causal, or nothing stronger is known of. */
  missing: Missing | null;
}

/** Decision → label → training → model → decision. */
export type LoopPicture = readonly LoopLink[];

export interface LoopInput {
  monitor: Asked;
  /** Of a run and of windows with mature labels, in any order. */
  findings: readonly Finding[];
  /** What the version that was registered last says of its training; null: none is registered. */
  trained: Trained | null;
}

/** A check that speaks of the link, in words of its newest finding. */
interface Speaker {
  way: Way;
  finding: Finding;
  told: Told;
}

const KINDS: Readonly<Record<EvidenceKind, string>> = {
  causal: 'Causal evidence',
  structural: 'Structural evidence, of how data flow',
  associational: 'An association, which proves nothing',
};

/**
 * The four links of the loop, each by the strongest evidence that there is, and never claiming more
 * than that. null: the monitor says nothing of a loop, so that four unknown links would only be
 * noise. Pure: the order of findings does not matter.
 */
export function loopPicture(input: LoopInput): LoopPicture | null {
  if (!hasLoop(input.monitor)) return null;
  return links.map(({ from, to, ways }) =>
    ways.length === 0 ? registered(input.trained, { from, to }) : linkOf(input, { from, to, ways }),
  );
}

type Ends = Pick<LoopLink, 'from' | 'to'>;

const rankOf = (kind: EvidenceKind): number => evidenceKinds.indexOf(kind);

function linkOf(input: LoopInput, { from, to, ways: all }: Ends & { ways: readonly Way[] }) {
  const { monitor } = input;
  const ways = all.filter(({ tasks }) => tasks?.includes(monitor.model.task) ?? true);
  const asked = ways.map((way) => ({ way, found: newestOf(input, way.check) }));
  const speakers = asked.flatMap(({ way, found }): Speaker[] => {
    const told = found === null || !isKnown(found) ? null : way.reads(found, way.kind);
    return found === null || told === null ? [] : [{ way, finding: found, told }];
  });
  const standing = speakers.filter((one) => !standsBack(one, speakers));
  const seen = standing.filter(({ told }) => told.state === 'seen');
  const same = (seen.length > 0 ? seen : standing).sort(
    (a, b) => rankOf(a.told.kind) - rankOf(b.told.kind),
  );
  const [first] = same;
  const silent = asked.filter(({ way }) => !speakers.some((one) => one.way === way));
  if (first === undefined) {
    return unknown({ from, to }, lacking(monitor, silent, { isUnknown: true }));
  }
  const { kind } = first.told;
  const stronger = silent.filter(({ way }) => rankOf(way.kind) < rankOf(kind));
  return {
    ...{ from, to, ...spoken(first), findings: same.map(({ finding }) => refOf(finding)) },
    missing: lacking(monitor, stronger, { isUnknown: false }),
  };
}

const isKnown = (finding: Finding): boolean => finding.verdict !== 'unknown' && isJudged(finding);

const end = ({ window }: Finding): number => window.end;

/**
 * The newest answer of a check over all rows; where none could be judged, the newest of these. Of
 * several in one window the one of the highest revision, then the first by name.
 */
function newestOf({ monitor, findings }: LoopInput, check: string): Finding | null {
  const names = monitor.checks.flatMap((spec) =>
    spec.check === check ? [spec.name ?? spec.check] : [],
  );
  const own = findings.filter((one) => names.includes(one.check) && isWhole(one));
  const known = own.filter(isKnown);
  const key = (finding: Finding): string =>
    JSON.stringify([finding.check, finding.target, finding]);
  const order = (a: Finding, b: Finding): number =>
    end(b) - end(a) || b.revision - a.revision || (key(a) < key(b) ? -1 : 1);
  return (known.length > 0 ? known : own).sort(order)[0] ?? null;
}

/** Chance decided who was held out, so its answer counts, whatever else goes together. */
const standsBack = ({ way, finding }: Speaker, speakers: readonly Speaker[]): boolean =>
  speakers.some(
    (other) =>
      other.way.check === way.standsBackFor &&
      other.told.state === 'not_seen' &&
      end(other.finding) >= end(finding),
  );

function spoken({ way, finding, told }: Speaker) {
  const { state, kind, ...numbers } = told;
  const how = state === 'seen' ? KINDS[kind] : `Nothing beyond its limits, by ${kind} evidence`;
  return {
    ...{ state, kind, strength: { by: finding.check, of: way.of, ...numbers } },
    ...{ window: finding.window, sentence: `${how}: ${finding.sentence}` },
  };
}

function unknown(ends: Ends, missing: Missing | null): LoopLink {
  const told = missing ?? { setting: null, text: 'No check speaks of it for such a model.' };
  const sentence = `Nothing is known of this link. ${told.text}`;
  const nothing = { kind: null, strength: null, window: null, findings: [] };
  return { ...ends, state: 'unknown', ...nothing, sentence, missing: told };
}

/** Whether a model learns from what it made itself, by the word of whoever registered it. */
function registered(trained: Trained | null, ends: Ends): LoopLink {
  const count = trained?.unweightedActed ?? null;
  if (trained === null || count === null) return unknown(ends, untrained(trained));
  const by = `version ${trained.version}`;
  const rows = count === 1 ? '1 row' : `${count === 0 ? 'no' : count} rows`;
  const how = count > 0 ? KINDS.structural : 'Not seen, by structural evidence';
  const interval = { low: null, high: null, level: null, pValue: null };
  return {
    ...ends,
    ...{ state: count > 0 ? 'seen' : 'not_seen', kind: 'structural', window: null, findings: [] },
    strength: { by, of: 'training rows acted on without a weight', value: count, ...interval },
    sentence: `${how}: ${by} was trained on ${rows} acted on without a weight.`,
    missing: null,
  };
}
