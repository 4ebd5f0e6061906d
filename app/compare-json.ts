import type { Compared } from './compare.js';
import { unreadOf } from './compare-beside.js';
import { findingReport } from './finding-report.js';
import { unvariedColumns } from './unvaried.js';

/** The stable JSON of `compare --json`; findings have the shape that `check --json` gives them. */
export function compareReport(compared: Compared, exitCode: number): Record<string, unknown> {
  const { input, tables, whole, columns, findings, onlyIn, counts } = compared;
  const side = (name: 'reference' | 'current') => ({
    path: input[name],
    rows: whole[name].rows,
    unreadableLines: tables.unreadable[name],
    unreadableValues: unreadOf(compared, name).map(({ column, n }) => ({ column, values: n })),
  });
  return {
    version: 1,
    reference: side('reference'),
    current: side('current'),
    binning: input.binning,
    note: 'one-off comparison: no stated error rate',
    columns: columns.map(({ column, axis, verdict, findings: own }) => ({
      column,
      kind: axis.kind,
      type: {
        reference: tables.types.reference[column] ?? null,
        current: tables.types.current[column] ?? null,
      },
      verdict,
      scores: Object.fromEntries(own.map(({ check, value }) => [check, value])),
    })),
    findings: findings.map((finding) => findingReport(finding)),
    onlyIn,
    leftOut: compared.leftOut,
    unmeasured: compared.unmeasured,
    unvaried: unvariedColumns(findings),
    counts,
    exitCode,
  };
}
