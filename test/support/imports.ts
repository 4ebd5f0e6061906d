import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const IMPORT = /^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'|^import '([^']+)'/gm;

/** What loading one of our files loads at once: our files, and packages; no dynamic import. */
export function loadedBy(entry: string): { files: string[]; packages: string[] } {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const file of files) {
    for (const [, from, alone] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const name = from ?? alone ?? '';
      const target = path.join(path.dirname(file), name.replace(/\.js$/, '.ts'));
      if (name.startsWith('.') && existsSync(target)) files.add(target);
      else if (!name.startsWith('node:')) packages.add(name);
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}
