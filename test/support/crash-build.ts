import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  verbatimModuleSyntax: true,
};

/**
 * The sources as JavaScript in `folder`, types taken off and not checked, with the path of the
 * worker in it. A process that is killed thirty times has to start quickly.
 */
export async function buildWorker(folder: string): Promise<string> {
  const files = await glob(
    [
      '{activities,app,calendar,charts,checks,config,domain,lake}/**/*.ts',
      '{notifiers,sources,stats,trainers,workers,workflows}/**/*.ts',
      'test/support/{chaos,crash-worker,quiet}.ts',
    ],
    { cwd: root },
  );
  await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), 'utf8');
      const { outputText } = ts.transpileModule(text, { compilerOptions: options });
      const to = join(folder, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, outputText);
    }),
  );
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  for (const name of ['node_modules', 'sql', 'charts/fonts'])
    await symlink(join(root, name), join(folder, name));
  return join(folder, 'test', 'support', 'crash-worker.js');
}
