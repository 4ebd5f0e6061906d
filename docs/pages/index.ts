import { checksPage } from './checks.js';
import { cliPage } from './cli.js';
import { exitCodesPage } from './exit-codes.js';
import { metricsPage } from './metrics.js';
import { monitorPage } from './monitor.js';
import { settingsPage } from './settings.js';

/** Every generated page, by its path from the root of the project. */
export const referencePages: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/reference/checks.md': checksPage,
  'docs/reference/cli.md': cliPage,
  'docs/reference/exit-codes.md': exitCodesPage,
  'docs/reference/metrics.md': metricsPage,
  'docs/reference/monitor.md': monitorPage,
  'docs/reference/settings.md': settingsPage,
};
