import { writeFile } from 'node:fs/promises';
import type { Compared } from './compare.js';
export async function writeComparison(compared: Compared, file: string): Promise<void> {
  await writeFile(file, String(compared.columns.length));
}
