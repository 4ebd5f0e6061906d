import { mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What the command line of a benchmark may say. */
export interface BenchOptions {
  /** Rows of the measured file; null: as many as the benchmark is about. */
  rows: number | null;
  /** Windows of the model that were evaluated before the measured one. */
  earlier: number;
  /** Folder of a Python virtual environment with `bench/peers/requirements.txt`; null: none. */
  venv: string | null;
}

/** What a benchmark found. */
export interface Outcome {
  /** For programs: one line of JSON. */
  figures: Readonly<Record<string, unknown>>;
  /** For people. */
  lines: readonly string[];
}

/** A question about speed or memory with ratios for an answer. */
export interface Bench {
  run(options: BenchOptions): Promise<Outcome>;
  /** Parts that need a process of their own: peaks of memory are per process. */
  steps?: Readonly<Record<string, (input: never) => Promise<unknown>>>;
}

/** Runs with a folder for data of its own, which is gone afterwards, also after Ctrl-C. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const leave = () => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    return await run(folder);
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A table with its columns aligned, the first to the left. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** `12,345`, `1.23 s`, `410 MB`, `3.2 x`; a dash for what was not measured. */
export const words = {
  count: (value: number) => value.toLocaleString('en'),
  seconds: (value: number | null) => (value === null ? '-' : `${value.toFixed(2)} s`),
  ms: (value: number) => `${value.toFixed(1)} ms`,
  mb: (value: number | null) => (value === null ? '-' : `${value.toFixed(0)} MB`),
  times: (value: number | null) =>
    value === null ? '-' : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} x`,
};
