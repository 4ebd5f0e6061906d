import { writeFile } from 'node:fs/promises';
import { UsageError } from './errors.js';

/** Writes a report for people where `--report` says; UsageError where it cannot be written. */
export async function writePage(page: string, file: string): Promise<void> {
  await writeFile(file, page).catch((error: unknown) => {
    throw new UsageError(`--report: ${error instanceof Error ? error.message : String(error)}`);
  });
}
