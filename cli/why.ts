import type { App } from '../app/app.js';
import { causesReport, explain } from '../app/causes.js';
import type { Checked } from '../app/check.js';
import { causesText } from './causes.js';

/** `check --why`: what may be behind the findings, as fields of the JSON and as text. */
export async function whyOf(
  app: App,
  checked: Checked,
): Promise<{ report: Record<string, unknown>; text: string }> {
  const causes = await explain(app, checked);
  return {
    report: { causes: causes && causesReport(causes) },
    text: causesText(causes, checked.monitor),
  };
}
