import { writeFile } from 'node:fs/promises';
import { bundlePath, bundleWorkflows } from './workflow-code.js';

// The last step of `npm run build`: workers of a build start without a bundler.
await writeFile(bundlePath, await bundleWorkflows());
