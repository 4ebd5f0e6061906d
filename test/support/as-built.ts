import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { globSync } from 'tinyglobby';
import type { Plugin } from 'vitest/config';

const root = fileURLToPath(new URL('../../', import.meta.url));
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
  linkPackage(folder);
  const sources = productSources();
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  await build({
    absWorkingDir: root,
    entryPoints: [...sources],
    ...{ outdir: dist, outbase: root, sourcemap: 'linked', sourcesContent: false },
    ...{ platform: 'node', target: 'node20', format: 'esm', logLevel: 'error' },
  });
  return {
    name: 'the product as JavaScript',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith('.')) return null;
      const path = relative(root, resolve(dirname(importer), source));
      const isProduct = sources.has(path.replace(/\.js$/, '.ts'));
      return isProduct ? { id: join(dist, path), external: true } : null;
    },
  };
}

/** What `npm run build` takes, as paths from the root. */
function productSources(): ReadonlySet<string> {
  const text = readFileSync(join(root, 'tsconfig.build.json'), 'utf8');
  const { exclude } = JSON.parse(text) as { exclude: string[] };
  const ignore = exclude.flatMap((one) => [one, `${one}/**`]);
  return new Set(globSync('**/*.ts', { cwd: root, ignore }));
}

/** Puts beside `dist` in a folder what the product looks for there. */
export function linkPackage(folder: string): void {
  for (const name of ['package.json', 'node_modules', 'sql', 'charts', 'examples']) {
    symlinkSync(join(root, name), join(folder, name));
  }
}
