import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const isBuilt = import.meta.url.endsWith('.js');

/** Where the build puts the bundle of all workflows. */
export const bundlePath = here('../workflow-bundle.js');

/** Bundles all workflows; about 2 s. Imports of the sandbox's forbidden modules are errors. */
export async function bundleWorkflows(): Promise<string> {
  const workflowsPath = here(isBuilt ? '../workflows/index.js' : '../workflows/index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  return code;
}

/** The prebuilt bundle beside a build; from source, a bundle made now. */
export async function workflowCode(): Promise<WorkflowBundleOption> {
  if (!isBuilt) return { code: await bundleWorkflows() };
  try {
    return { code: await readFile(bundlePath, 'utf8') };
  } catch (error) {
    throw new Error(`${bundlePath} is missing: run npm run build`, { cause: error });
  }
}

const say = (message: string): void => void process.stderr.write(`${message}\n`);
const nothing = (): void => undefined;
/** The bundler's progress is noise; its warnings and errors are not. */
const quiet = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: say,
  error: say,
};
