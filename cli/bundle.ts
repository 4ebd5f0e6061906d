import { build as bundle, type OnResolveArgs } from 'esbuild';

/** Small packages that every command loads; the others are large, native, or say where they lie. */
const INSIDE = [
  '@js-temporal/polyfill',
  'commander',
  'fastest-levenshtein',
  'lru-cache',
  'p-map',
  'picocolors',
  'safe-stable-stringify',
  'tinyglobby',
  'yaml',
  'zod',
];

// A step of `npm run build`: a third of a short command's time was the loading of 700 small files.
// The parts lie beside main.js: `../` from `import.meta.url` is still what the build made.
await bundle({
  entryPoints: ['cli/main.ts'],
  ...{ outdir: 'dist/cli', bundle: true, splitting: true },
  ...{ format: 'esm', platform: 'node', target: 'node20' },
  plugins: [{ name: 'packages', setup: (build) => build.onResolve({ filter: /^[^.]/ }, outside) }],
  // Packages in the older format ask for the parts of Node so.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';const require=requireOf(import.meta.url);",
  },
});

/** A package that is loaded as it lies there; what those inside load is inside. */
function outside({ path, importer, kind }: OnResolveArgs) {
  const isOurs = kind !== 'entry-point' && !importer.includes('/node_modules/');
  return isOurs && !INSIDE.includes(path) ? { path, external: true } : null;
}
