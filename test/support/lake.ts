import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Finding } from '../../domain/finding.js';
import type { Profile } from '../../domain/profile.js';
import type { Commit, Evaluation } from '../../domain/run.js';
import type { Instant } from '../../domain/window.js';
import { iso } from '../../domain/window.js';
import { withDuck } from '../../lake/duck.js';
import type { Duck } from '../../lake/duck.js';
import { openLake } from '../../lake/lake.js';
import type { Lake } from '../../lake/lake.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A folder that is gone afterwards. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'aftercare-lake-test-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A lake in a folder of its own. */
export async function withLake<T>(run: (lake: Lake) => Promise<T>): Promise<T> {
  return withFolder((folder) => run(openLake(folder)));
}

/** A lake with a DuckDB to write evaluations with. */
export async function withLakeAndDuck<T>(
  run: (lake: Lake, db: Duck, root: string) => Promise<T>,
): Promise<T> {
  return withFolder((folder) =>
    withDuck({ threads: 1, memoryLimitMb: 300, tempDirectory: path.join(folder, '.spill') }, (db) =>
      run(openLake(path.join(folder, 'lake')), db, path.join(folder, 'lake')),
    ),
  );
}

/** A finding with plain values. */
export function finding(part: Partial<Finding> = {}): Finding {
  return {
    check: 'psi',
    target: 'income',
    slice: {},
    value: 0.3,
    low: 0.2,
    high: 0.4,
    interval: 'confidence',
    pValue: 1e-9,
    nCurrent: 1000,
    nReference: 5000,
    reason: null,
    hard: null,
    details: { top: ['AA', 'US'] },
    run: 'churn@x/1',
    window: { start: 0, end: DAY, weekday: 4 },
    revision: 1,
    category: 'drift',
    verdict: 'alert',
    rule: 'psi >= 0.25',
    patience: 1,
    running: null,
    limits: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
    sentence: 'income moved.',
    source: null,
    inputs: 'abc',
    ...part,
  };
}

/** A profile of one numeric and one categorical column. */
export function profile(window: Profile['window'], part: Partial<Profile> = {}): Profile {
  return {
    grid: 'grid-1',
    window,
    slice: {},
    rows: 5,
    newest: window.end - 1,
    types: { income: 'DOUBLE', plan: 'VARCHAR' },
    columns: {
      income: {
        by: { bin: Int32Array.of(-2, 0, 7) },
        sums: {
          n: Float64Array.of(1, 3, 1),
          sum: Float64Array.of(0, 0.1, 0.2),
          squares: Float64Array.of(0, 0.01, 0.04),
        },
      },
      plan: { by: { value: ['\u0000missing', 'gold'] }, sums: { n: Float64Array.of(2, 3) } },
    },
    outcomes: {
      by: { score: Int32Array.of(5, 9), predicted: ['', ''], label: ['1', '0'] },
      sums: { n: Float64Array.of(2, 3), scores: Float64Array.of(0.1, 0.2) },
    },
    asked: { rows: { by: {}, sums: { n: Float64Array.of(5), received: Float64Array.of(6) } } },
    ...part,
  };
}

/** An evaluation of the day, or the hour, that ends at `end`. */
export function evaluation(end: Instant, part: Partial<Evaluation> = {}): Evaluation {
  const model = part.model ?? 'churn';
  const revision = part.revision ?? 1;
  const window = { start: end - DAY, end, weekday: 1 };
  const run = `${model}@${iso(end)}/${revision}`;
  return {
    model,
    window,
    revision,
    run,
    at: end,
    knownAt: end,
    monitor: 'none',
    reference: null,
    manifest: null,
    labels: null,
    profile: profile(window),
    slices: [],
    findings: [
      finding({ run, window, revision }),
      finding({ run, window, revision, check: 'missing', verdict: 'ok', value: 0.01 }),
    ],
    error: null,
    ...part,
  };
}

/** The commit of an evaluation's file. */
export function commitFor(made: Evaluation, file: string, part: Partial<Commit> = {}): Commit {
  return {
    version: 1,
    model: made.model,
    window: made.window,
    revision: made.revision,
    run: made.run,
    at: made.at,
    knownAt: made.knownAt,
    committedAt: made.at,
    monitor: made.monitor,
    reference: made.reference,
    file,
    profileFile: null,
    rows: made.profile?.rows ?? 0,
    verdict: 'ok',
    counts: { ok: 1, warn: 0, alert: 1, unknown: 0 },
    marks: [],
    error: null,
    notEvaluated: null,
    mature: false,
    ...part,
  };
}

/** Writes and commits an evaluation whose monitor is published, as a worker does. */
export async function evaluate(lake: Lake, db: Duck, made: Evaluation): Promise<Commit> {
  const monitor = await lake.putObject('monitor', { id: made.model });
  const whole = { ...made, monitor };
  const file = await lake.writeEvaluation(db, whole, 'a1');
  return lake.commit(commitFor(whole, file));
}
