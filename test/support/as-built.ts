import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { globSync } from 'tinyglobby';
import type { Plugin } from 'vitest/config';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Folders of the product's sources, as `npm run build` takes them. */
const folders = [
  ...['activities', 'api', 'app', 'calendar', 'charts', 'checks', 'cli', 'config', 'domain'],
  ...['examples', 'lake', 'notifiers', 'sources', 'stats', 'trainers', 'workers', 'workflows'],
];

const prefix = 'aftercare-product-';
/** Paths of what `asBuilt` makes: modules that run as they are. */
export const builtProduct = new RegExp(`/${prefix}`);

/**
 * Lets tests import the product as JavaScript, made once at the start in a folder of the run that
 * is laid out like the package: each of their processes would transform every source anew.
 */
export async function asBuilt(): Promise<Plugin> {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['package.json', 'node_modules', 'sql', 'charts', 'examples']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  await build({
    absWorkingDir: root,
    entryPoints: globSync(
      folders.map((name) => `${name}/**/*.ts`),
      { cwd: root },
    ),
    ...{ outdir: dist, outbase: root, sourcemap: 'linked', sourcesContent: false },
    ...{ platform: 'node', target: 'node20', format: 'esm', logLevel: 'error' },
  });
  return {
    name: 'the product as JavaScript',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith('.')) return null;
      const path = relative(root, resolve(dirname(importer), source));
      const isProduct = folders.includes(path.split('/')[0] ?? '') && path.endsWith('.js');
      return isProduct ? { id: join(dist, path), external: true } : null;
    },
  };
}
