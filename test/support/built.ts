import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inject } from 'vitest';
import { bundleWorkflows } from '../../workers/workflow-code.js';
import { linkPackage } from './as-built.js';
import { bundleOf, until } from './namespace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Processes that tests start: of few files, for a process that is killed often starts often. */
const programs = {
  bench: 'bench/main.ts',
  cli: 'cli/main.ts',
  'crash-worker': 'test/support/crash-worker.ts',
  'kill-worker': 'test/support/kill-worker.ts',
  'lake-writer': 'test/support/lake-writer.ts',
  pull: 'test/support/pull.ts',
  starter: 'test/trainers/starter.ts',
} as const;
export type Program = keyof typeof programs;

/** A folder of the run that the first test that needs it fills, whichever process it runs in. */
export async function onceForAll(
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(inject('shared'), name);
  const [done, failed] = [`${folder}.done`, `${folder}.failed`];
  const isMine = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (isMine) {
    try {
      await fill(folder);
      await writeFile(done, '');
    } catch (error) {
      await writeFile(failed, String(error));
      throw error;
    }
  }
  await until(() => existsSync(done) || existsSync(failed), `${name} is built`, 300);
  if (existsSync(failed)) throw new Error(`${name}: ${await readFile(failed, 'utf8')}`);
  return folder;
}

/** Path of a program as JavaScript, types taken off and not checked, with its workflows beside it. */
export async function builtProgram(program: Program): Promise<string> {
  return join(await onceForAll('programs', buildPrograms), 'dist', 'run', `${program}.js`);
}

/** Path of the product's workflows, as its workers run them. */
export async function builtWorkflows(): Promise<string> {
  return join(await onceForAll('programs', buildPrograms), 'dist', 'workflow-bundle.js');
}

async function buildPrograms(folder: string): Promise<void> {
  linkPackage(folder);
  // What packages of the older kind take for granted; the names are in nobody's way.
  const js = `import { createRequire as requireFor } from 'node:module';
    import { fileURLToPath as pathFor } from 'node:url';
    const require = requireFor(import.meta.url), __filename = pathFor(import.meta.url);
    const __dirname = pathFor(new URL('.', import.meta.url));`;
  await build({
    absWorkingDir: root,
    entryPoints: {
      ...Object.fromEntries(Object.entries(programs).map(([name, path]) => [`run/${name}`, path])),
      'trainers/supervise': 'trainers/supervise.ts',
      // the demo's training job, where a checkout has it
      'examples/train-delivery-eta': 'examples/train-delivery-eta.ts',
    },
    outdir: join(folder, 'dist'),
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'error' },
    // A start loads what its command needs, and no other command.
    ...{ splitting: true, chunkNames: 'run/[name]-[hash]' },
    // What starts threads of its own files or holds machine code stays where it is.
    external: [
      '@temporalio/*',
      '@duckdb/node-bindings*',
      '@resvg/resvg-js',
      'tsx',
      'pg',
      'pg-copy-streams',
      '@aws-sdk/*',
    ],
    banner: { js },
  });
  await writeFile(join(folder, 'dist', 'workflow-bundle.js'), await bundleWorkflows());
}

/** As `bundleOf`, once for the whole run; with the path of the file that holds the code. */
export async function sharedBundle(
  path: string,
  more: readonly string[] = [],
): Promise<{ code: string; codePath: string }> {
  const name = ['bundle', path, ...more].join(' ').replaceAll(/[^\w]+/g, '-');
  const folder = await onceForAll(name, async (into) => {
    await writeFile(join(into, 'code.js'), (await bundleOf(path, more)).code);
  });
  const codePath = join(folder, 'code.js');
  return { code: await readFile(codePath, 'utf8'), codePath };
}
