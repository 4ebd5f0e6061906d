import { evaluateChecks } from '../checks/evaluate.js';
import { checkNamed, checks } from '../checks/index.js';
import type { Finding } from '../domain/finding.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Evidence } from '../domain/score.js';
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

/** What is found of one part of two tables; `checks` null: some are judged, the others shown. */
export function findingsOf(
  { checks: named, binning }: { checks: readonly string[] | null; binning: 'grid' | 'exact' },
  of: { tables: ComparedTables; part: ComparedPart; names: readonly string[] },
): Finding[] {
  const { part, tables, names } = of;
  const evidence: Evidence = {
    ...{ at: 0, knownAt: 0, grid: tables.grid, current: part.current, reference: part.reference },
    ...{ references: {}, periods: [], usual: null, earlier: [] },
    facts: { version: null, trainedUntil: null, matureAfter: 0 },
    ...(binning === 'exact' ? { binning: 'exact' } : {}),
  };
  const judged = (named ?? judgedByDefault).map(specOf);
  const findings = evaluateChecks({
    monitor: compareMonitor({ columns: names, checks: judged, all: names }),
    evidence,
    inputs: '',
    shown: named === null ? columnChecks : [],
    ...{ run: 'compare', window: part.current.window, revision: 0 },
  });
  return findings.map((finding) => ({ ...finding, slice: part.slice }));
}

function specOf(name: string): CheckSpec {
  const { warn, alert, minRows, rule, ...params } = checkNamed(name).defaults;
  return {
    ...{ check: name, name: null, against: null, targets: null },
    ...{ warn, alert, minRows, rule, running: null, every: null, params },
  };
}
