import type { Mark } from '../finding.js';
import type { Instant } from '../window.js';

/** What a check said of a window; without a slice, as a hash, of all rows. */
export type PastMark = Pick<Mark, 'check' | 'target' | 'category' | 'verdict'> &
  Partial<Pick<Mark, 'slice'>>;

/** What is known of one window, oldest first in a list. */
export interface Past {
  end: Instant;
  /** Of all rows and of parts. */
  marks: readonly PastMark[];
  /** Fingerprints; null: none. */
  monitor: string | null;
  reference: string | null;
  /** Rows by model version. */
  versions: Readonly<Record<string, number>>;
  /** Column → type. */
  types: Readonly<Record<string, string>>;
}

/** The order in which one cause is seen; `other`: what is in none of the categories before. */
export const stages = [
  'data quality',
  'feature drift',
  'prediction drift',
  'label drift',
  'performance',
  'other',
] as const;
export type Stage = (typeof stages)[number];

/** A stage that is bad now, and since which window. */
export interface StageSince {
  stage: Stage;
  /** End of the first bad window of the run that goes on. */
  since: Instant;
  targets: readonly string[];
}

/** Something that was changed, first seen in the window that ends at `at`. */
export interface Change {
  at: Instant;
  kind: 'version' | 'schema' | 'monitor' | 'reference';
  text: string;
}

export interface Timeline {
  /** In the order of `stages`. */
  stages: readonly StageSince[];
  /** Oldest first, from just before the first stage on. */
  changes: readonly Change[];
  /** Windows that it rests on. */
  windows: number;
}

/** So many quiet windows end a run of bad ones. */
const QUIET = 3;
/** A change this many windows before the first bad one may have to do with it. */
const BEFORE = 3;

/** When what is bad in the last of these windows began, and what was changed around then. */
export function timelineOf(past: readonly Past[]): Timeline {
  const last = past.at(-1);
  const found = stages.flatMap((stage) => {
    const bad = (last?.marks ?? []).filter((mark) => stageOf(mark) === stage && isBad(mark));
    if (bad.length === 0) return [];
    const targets = [...new Set(bad.map(({ target }) => target))];
    const since = Math.min(...bad.map((mark) => sinceOf(past, mark)));
    return [{ stage, since, targets }];
  });
  const first = Math.min(...found.map(({ since }) => since));
  const place = past.findIndex(({ end }) => end === first);
  const from = place < 0 ? past.length : Math.max(0, place - BEFORE);
  const changes = past.flatMap((now, index) => {
    const before = past[index - 1];
    return index < from || before === undefined ? [] : changesOf(before, now);
  });
  return { stages: found, changes, windows: past.length };
}

/** End of the first bad window of the run in which a target is bad still. */
export function sinceOf(
  past: readonly Pick<Past, 'end' | 'marks'>[],
  mark: Pick<PastMark, 'check' | 'target' | 'slice'>,
): Instant {
  let [since, quiet] = [past.at(-1)?.end ?? NaN, 0];
  for (const { end, marks } of [...past].reverse()) {
    const isHere = marks.some(
      (one) =>
        one.check === mark.check &&
        one.target === mark.target &&
        (one.slice ?? '') === (mark.slice ?? '') &&
        isBad(one),
    );
    if (isHere) [since, quiet] = [end, 0];
    else quiet += 1;
    if (quiet >= QUIET) break;
  }
  return since;
}

function stageOf({ check, category }: Pick<Mark, 'check' | 'category'>): Stage {
  if (category === 'data-quality') return 'data quality';
  if (category === 'performance') return 'performance';
  if (category !== 'drift') return 'other';
  if (check === 'label_drift') return 'label drift';
  return check === 'prediction_drift' ? 'prediction drift' : 'feature drift';
}

const isBad = ({ verdict }: Pick<Mark, 'verdict'>): boolean =>
  verdict === 'warn' || verdict === 'alert';

function changesOf(before: Past, now: Past): Change[] {
  const at = now.end;
  const changes: Change[] = [];
  const fresh = Object.keys(now.versions).filter((name) => !(name in before.versions));
  const versions = fresh.filter((name) => name !== '');
  if (versions.length > 0) {
    changes.push({ at, kind: 'version', text: `version ${versions.join(', ')} answers` });
  }
  const schema = schemaChange(before.types, now.types);
  if (schema !== null) changes.push({ at, kind: 'schema', text: schema });
  if (before.monitor !== null && now.monitor !== null && before.monitor !== now.monitor) {
    changes.push({ at, kind: 'monitor', text: 'the monitor file was changed' });
  }
  if (before.reference !== null && now.reference !== null && before.reference !== now.reference) {
    changes.push({ at, kind: 'reference', text: 'another reference' });
  }
  return changes;
}

/** Columns that came, went or changed their type; null: none, or a window had no rows. */
function schemaChange(before: Past['types'], now: Past['types']): string | null {
  if (Object.keys(before).length === 0 || Object.keys(now).length === 0) return null;
  const parts = [
    ...Object.keys(now).flatMap((name) => (name in before ? [] : [`${name} came`])),
    ...Object.keys(before).flatMap((name) => (name in now ? [] : [`${name} went`])),
    ...Object.entries(now).flatMap(([name, type]) => {
      const old = before[name];
      return old === undefined || old === type ? [] : [`${name} from ${old} to ${type}`];
    }),
  ];
  if (parts.length === 0) return null;
  const more = parts.length > 3 ? ` and ${parts.length - 3} more` : '';
  return `columns: ${parts.slice(0, 3).join(', ')}${more}`;
}
