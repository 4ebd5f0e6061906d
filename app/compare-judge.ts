import { inTurns } from '../activities/turns.js';
import { evaluateChecks, judgeInSteps } from '../checks/evaluate.js';
import { checkNamed, checks } from '../checks/index.js';
import { atOnce, measureInSteps } from '../checks/measure.js';
import type { Asked } from '../checks/measure.js';
import type { Finding } from '../domain/finding.js';
import { coarseBins } from '../domain/judging/distribution.js';
import type { Bin } from '../domain/judging/distribution.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { answerRows } from '../lake/asked-counts.js';
import type { ComparedTables } from '../lake/compare.js';
import type { ComparedPart } from '../lake/compare-parts.js';
import { compareMonitor } from './compare-monitor.js';
import { UsageError } from './errors.js';

/** Judged where nobody says which: what a monitor without a list judges of its features. */
const judgedByDefault: readonly string[] = [
  'schema',
  'missing',
  'psi',
  'unseen_categories',
  'out_of_range',
];

/** Checks that ask about a single column, in the order of every report. */
const columnChecks: readonly string[] = checks
  .filter(({ over }) => over === 'feature')
  .map(({ name }) => name);

/** UsageError for a name that is no check, or none about single columns. */
export function requireChecks(names: readonly string[]): void {
  for (const name of names) {
    if (columnChecks.includes(name)) continue;
    if (isCheck(name)) {
      throw new UsageError(
        `--checks: "${name}" is not about columns; use ${columnChecks.join(', ')}`,
      );
    }
  }
}

function isCheck(name: string): boolean {
  try {
    return checkNamed(name).name === name;
  } catch (error) {
    throw new UsageError(`--checks: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What was asked for: `checks` null for the usual ones, and how values were counted. */
interface Given {
  checks: readonly string[] | null;
  binning: 'grid' | 'exact';
}

/** What was measured of some columns, without the counts that it was measured from. */
export interface Measured {
  /** Part by part, as the tables have them. */
  asked: readonly (readonly Asked[])[];
  /** Column → its coarse bins over all rows. */
  bins: ReadonlyMap<string, readonly Bin[]>;
}

/**
 * Measures some columns of two tables, in turns with others; without `checks` some are judged, the
 * others shown.
 */
export async function measuredOf(
  given: Given,
  { tables, names }: { tables: ComparedTables; names: readonly string[] },
): Promise<Measured> {
  const monitor = monitorOf(given, names);
  const shown = given.checks === null ? columnChecks : [];
  const asked: Asked[][] = [];
  for (const part of tables.parts) {
    const evidence = evidenceOf(given, { tables, part });
    const window = part.current.window;
    asked.push(await inTurns(measureInSteps({ monitor, evidence, shown, window })));
  }
  return { asked, bins: binsOf(tables, names) };
}

/** Judges what was measured, the columns of a part together. */
export function judgedOf(
  given: Given,
  of: { tables: ComparedTables; measured: readonly Measured[]; names: readonly string[] },
): Finding[] {
  const { tables, measured, names } = of;
  const monitor = monitorOf(given, names);
  return tables.parts.flatMap((part, place) => {
    const asked = measured.flatMap((some) => some.asked[place] ?? []);
    // In report order: check by check, columns as they come.
    asked.sort((a, b) => checks.indexOf(a.question.check) - checks.indexOf(b.question.check));
    const run = { inputs: '', run: 'compare', window: part.current.window, revision: 0 };
    const input = { monitor, evidence: evidenceOf(given, { tables, part }), ...run };
    const findings = atOnce(judgeInSteps(input, asked));
    return findings.map((finding) => ({ ...finding, slice: part.slice }));
  });
}

/**
 * Lines and values of the second side that could not be read, judged as those of a window are; []
 * where all could, or only some checks were asked for.
 */
export function unreadableOf(given: Given, tables: ComparedTables): Finding[] {
  const [whole] = tables.parts;
  const isRead = tables.unreadable.current === 0 && whole?.current.asked['rejected'] === undefined;
  if (whole === undefined || given.checks !== null || isRead) return [];
  const sides = (['reference', 'current'] as const).map((side): [string, Profile] => {
    const { rows, asked } = whole[side];
    const unparsed = tables.unreadable[side];
    const read = answerRows({ received: rows + unparsed, accepted: rows, unparsed, future: 0 });
    return [side, { ...whole[side], asked: { rows: read, ...asked } }];
  });
  const part = { ...whole, ...(Object.fromEntries(sides) as Omit<ComparedPart, 'slice'>) };
  const checks = [specOf('rejected_rows')];
  const evidence = evidenceOf(given, { tables, part });
  const run = { inputs: '', run: 'compare', window: part.current.window, revision: 0 };
  return evaluateChecks({
    ...{ monitor: compareMonitor({ columns: [], checks, all: [] }), evidence, shown: [] },
    ...run,
  });
}

const monitorOf = ({ checks: named }: Given, names: readonly string[]) =>
  compareMonitor({
    columns: names,
    checks: (named ?? judgedByDefault).map(specOf),
    all: names,
  });

function evidenceOf(
  { binning }: Given,
  { tables, part }: { tables: ComparedTables; part: ComparedPart },
): Evidence {
  return {
    ...{ at: 0, knownAt: 0, grid: tables.grid, current: part.current, reference: part.reference },
    ...{ references: {}, periods: [], usual: null, earlier: [] },
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
    ...(binning === 'exact' ? { binning: 'exact' } : {}),
  };
}

function binsOf({ grid, parts }: ComparedTables, names: readonly string[]): Measured['bins'] {
  const [whole] = parts;
  const found = names.flatMap((column): [string, readonly Bin[]][] => {
    const axis = grid.axes[column];
    const sides = [whole?.current.columns[column], whole?.reference.columns[column]] as const;
    if (axis === undefined || axis.kind === 'opaque') return [];
    return sides[0] && sides[1] ? [[column, coarseBins(axis, sides[0], sides[1])]] : [];
  });
  return new Map(found);
}

function specOf(name: string): CheckSpec {
  const { warn, alert, minRows, rule, ...params } = checkNamed(name).defaults;
  return {
    ...{ check: name, name: null, against: null, targets: null },
    ...{ warn, alert, minRows, rule, running: null, every: null, params },
  };
}
