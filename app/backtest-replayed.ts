import { isWhole } from '../domain/slice.js';
import { checkNamed } from '../checks/index.js';
import { ROW_SOURCE } from '../checks/mixes.js';
import { hasLimits } from '../domain/backtesting/thresholds.js';
import { isJudged, type Finding } from '../domain/finding.js';
import type { Limit } from '../domain/limits.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { History } from './backtest-history.js';

/** A rule of the monitor that a backtest cannot say anything of, and why in words. */
export interface NotReplayed {
  /** Name of the check, or which parts of the rows. */
  rule: string;
  why: string;
}

/** References that are other rows for every window. */
const MOVING = ['rolling', 'previous', 'segment'];

const nameOf = (spec: CheckSpec): string => spec.name ?? spec.check;

/**
 * The rules that past windows are not judged by again: those against a reference that is other rows
 * for every window, or none of the stored ones.
 */
export function notReplayedOf(monitor: Monitor): NotReplayed[] {
  const rules = monitor.checks.flatMap((spec): NotReplayed[] => {
    const why = whyNot(spec, monitor);
    return why === null ? [] : [{ rule: nameOf(spec), why }];
  });
  const known = new Map(rules.map((one) => [one.rule, one]));
  return [...known.values()];
}

/** Parts of the rows that the monitor names and no window was counted by: they came later. */
export function uncountedOf(
  { segments, columns }: Monitor,
  { windows, parts }: Pick<History, 'windows' | 'parts'>,
): NotReplayed[] {
  const slices = windows.flatMap(({ profile }) => [...(parts.get(profile)?.values() ?? [])]);
  const counted = new Set(slices.flatMap(({ slice }) => Object.keys(slice)));
  const why = 'no window was counted by it, or none had enough rows in any part';
  return [
    ...segments.map(({ name }) => ({ name, rule: `in segments of ${name}` })),
    ...(columns.rowSource === null ? [] : [{ name: ROW_SOURCE, rule: 'by source of rows' }]),
  ].flatMap(({ name, rule }) => (counted.has(name) ? [] : [{ rule, why }]));
}

function whyNot(spec: CheckSpec, { reference }: Monitor): string | null {
  const { check, against, warn, alert } = spec;
  if (!hasLimits(spec)) return 'it has no limits';
  if (against !== null) return `its reference "${against}" is not replayed`;
  const kind = reference.drift?.kind;
  if (kind === undefined || !MOVING.includes(kind)) return null;
  const isCompared = checkNamed(check).needs.includes('reference') || [warn, alert].some(isDrop);
  return isCompared ? `its reference (${kind}) is other rows for every window` : null;
}

const isDrop = (limit: Limit | null): boolean =>
  limit !== null && typeof limit === 'object' && ('drop' in limit || 'dropShare' in limit);

/**
 * Rules of which not one window could be judged, with what was said of most of them: no episode of
 * theirs is no proof of anything.
 */
export function unjudgedOf(measured: readonly (readonly Finding[])[]): NotReplayed[] {
  const all = measured.flat().filter(isJudged);
  const names = [...new Set(all.map(({ check }) => check))];
  return names.flatMap((rule): NotReplayed[] => {
    const own = all.filter(({ check }) => check === rule);
    if (own.some(({ verdict }) => verdict !== 'unknown')) return [];
    const why = whyUnjudged(own);
    return why === null ? [] : [{ rule, why: `no window could be judged: ${why}` }];
  });
}

/**
 * Why findings are unknown: the newest sentence of the reason that most of them have, of those of
 * all rows where there are some. null: none is unknown.
 */
export function whyUnjudged(findings: readonly Finding[]): string | null {
  const unknown = findings.filter(({ verdict }) => verdict === 'unknown');
  const whole = unknown.filter(isWhole);
  const asked = whole.length > 0 ? whole : unknown;
  const counts = new Map<Finding['reason'], number>();
  for (const { reason } of asked) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const times = ({ reason }: Finding): number => counts.get(reason) ?? 0;
  const [most] = [...asked].reverse().sort((a, b) => times(b) - times(a));
  return most?.sentence.replace(/\.$/, '') ?? null;
}

/** What a backtest does not replay of a monitor, in words. */
export function leftOutOf({ reference: { drift, others } }: Monitor): string[] {
  return [
    ...(Object.keys(others).length > 0 ? ['other references are not replayed'] : []),
    ...(drift !== null && MOVING.includes(drift.kind)
      ? ['what is compared with a reference that moves is not replayed']
      : []),
  ];
}
