import { evaluateChecks } from '../../checks/evaluate.js';
import type { CheckSpec } from '../../domain/monitor.js';
import type { Axis, Counts, Outcomes, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import type { Arm } from '../../domain/arm.js';
import { specOf } from './decided.js';
import { DAY, END, evidenceOf, monitorOf, windowEnding } from './evidence.js';

/** Rows of an arm: by column, rows of each value; labels, negative and positive. */
export interface Rows {
  columns: Readonly<Record<string, readonly number[]>>;
  labels?: readonly [no: number, yes: number];
}
export type Armed = Readonly<Partial<Record<Arm, Rows>>>;

export const VALUES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

const axis: Axis = {
  ...{ kind: 'categorical', low: 0, inverseWidth: 1, atoms: [], edges: [], known: VALUES },
  ...{ min: null, max: null, type: 'VARCHAR', distinct: 0 },
};

const countsOf = (rows: readonly number[]): Counts => {
  return { by: { value: VALUES.slice(0, rows.length) }, sums: { n: Float64Array.from(rows) } };
};

const outcomesOf = (labels: readonly [number, number]): Outcomes => {
  return {
    by: { predicted: ['1', '1'], label: ['0', '1'] },
    sums: { n: Float64Array.from(labels) },
  };
};

function profileOf(rows: Rows, more: Partial<Profile>): Profile {
  const columns = Object.entries(rows.columns).map(([name, n]) => [name, countsOf(n)] as const);
  const all = Object.values(rows.columns).map((n) => n.reduce((sum, one) => sum + one, 0));
  return {
    ...{ grid: 'grid', window: windowEnding(END), slice: {}, rows: Math.max(0, ...all) },
    ...{ newest: END - 1, types: {}, columns: Object.fromEntries(columns), asked: {} },
    outcomes: rows.labels === undefined ? null : outcomesOf(rows.labels),
    ...more,
  };
}

/** Both arms as one. */
function wholeOf({ treated, holdout }: Armed): Rows {
  const both = [treated, holdout].filter((one) => one !== undefined);
  const names = Object.keys(both[0]?.columns ?? {});
  const sum = (name: string) =>
    VALUES.map((_, bin) => both.reduce((n, one) => n + (one.columns[name]?.[bin] ?? 0), 0));
  const labels = ([0, 1] as const).map((label) =>
    both.reduce((n, one) => n + (one.labels?.[label] ?? 0), 0),
  );
  return {
    columns: Object.fromEntries(names.map((name) => [name, sum(name)])),
    ...(both.some((one) => one.labels) ? { labels: [labels[0] ?? 0, labels[1] ?? 0] } : {}),
  };
}

/** A window by its arms, and the reference: by its arms, or of all rows alike. */
export interface Given {
  now: Armed;
  before?: Armed;
  reference?: Rows;
  /** Windows before this one that had a holdout. */
  looks?: number;
  profile?: Partial<Profile>;
  evidence?: Partial<Evidence>;
  spec?: Partial<CheckSpec>;
}

/** What is found of the arms. */
export function foundIn({ now, before, reference, looks = 0, ...more }: Given) {
  const whole = reference ?? (before && wholeOf(before));
  const names = Object.keys(Object.values(now)[0]?.columns ?? { amount: [] });
  const evidence: Evidence = {
    ...evidenceOf({}, {}),
    grid: { id: 'grid', axes: Object.fromEntries(names.map((name) => [name, axis])) },
    current: profileOf(wholeOf(now), more.profile ?? {}),
    reference: whole ? profileOf(whole, {}) : null,
    ...more.evidence,
  };
  const earlier = Array.from({ length: looks }, (_, look) =>
    profileOf({ columns: {} }, { window: windowEnding(END - (looks - look) * DAY) }),
  );
  const slices = (['holdout', 'treated'] as const).flatMap((arm): Evidence[] => {
    const [rows, old, slice] = [now[arm], before?.[arm], { arm }];
    if (rows === undefined) return [];
    const current = profileOf(rows, { slice });
    return [{ ...evidence, current, earlier, reference: old ? profileOf(old, { slice }) : null }];
  });
  const bare = monitorOf({ checks: [{ ...specOf('arm_contrast'), ...more.spec }] });
  const columns = { ...bare.columns, arm: { column: 'arm', holdout: ['control'] } };
  const prediction = { kind: 'probability', column: 'score', threshold: 0.5 } as const;
  const monitor = { ...bare, columns: { ...columns, prediction } };
  const { window } = evidence.current;
  const frame = { inputs: '', run: '', window, revision: 0, shown: [] };
  const findings = evaluateChecks({ monitor, evidence, slices, ...frame });
  const [finding] = findings;
  if (finding === undefined) throw new Error('expected a finding');
  return finding;
}
