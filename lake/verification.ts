import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import type { Files } from './evaluations.js';

/** Something that a kill or a copy cannot explain. */
interface Problem {
  key: string;
  problem: string;
}

/** What may lie about: nobody reads it, `gc` removes it once it is a day old. */
export interface Harmless {
  key: string;
  what: 'unfinished file' | 'attempt without a commit' | 'merged file without a manifest';
  modified: Instant;
}

export interface LakeReport {
  problems: Problem[];
  harmless: Harmless[];
  counts: Record<'models' | 'windows' | 'commits' | 'objects' | 'heads' | 'audited', number>;
}

export interface VerifyOptions {
  /** The window ends that a model's grid gives in (from, to]; left out: gaps are not looked for. */
  expected?: (model: string, from: Instant, to: Instant) => readonly Instant[];
}

/** A report in the making. */
export interface Verification {
  files: Files;
  options: VerifyOptions;
  report: LakeReport;
  /** Commits by model, by window end and revision. */
  commits: Map<string, Commit[]>;
  /** Keys that a commit, an evaluation or a manifest names. */
  named: Set<string>;
}

/** The result, or null with the problem on the report. */
export async function trying<T>(
  { report }: Verification,
  key: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    report.problems.push({ key, problem: error instanceof Error ? error.message : String(error) });
    return null;
  }
}
