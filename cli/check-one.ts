import {
  checkModel,
  checkReport,
  exitCodeOf,
  notesOf,
  type Checked,
  type FailOn,
} from '../app/check.js';
import type { LoadedModel } from '../app/load.js';
import { checkTable } from './check-table.js';
import type { Context } from './context.js';
import { instant } from './instant.js';
import { near } from './output.js';

/** The flags of `check`. */
export interface CheckOptions {
  asOf?: string;
  window?: string;
  windowNumber?: number;
  failOn: FailOn;
  allowNoData?: boolean;
  exact?: boolean;
  why?: boolean;
  reproduce?: string;
  report?: string;
}

/** How a check of one model ended, and how that is told. */
export interface Told {
  exitCode: number;
  report: () => Record<string, unknown>;
  text: () => string;
  /** Writes the page of a report. */
  write: (file: string) => Promise<void>;
}

/** Checks one model; nothing is printed. */
export async function checkOne(
  { app, options: { verbose } }: Context,
  model: LoadedModel,
  options: CheckOptions,
): Promise<Told> {
  const { timezone } = model.published.monitor.windows;
  const checked = await checkModel(app, {
    model,
    asOf: options.asOf === undefined ? null : instant(options.asOf, timezone),
    span: options.window ?? null,
    exact: options.exact === true ? 'exact' : 'grid',
    ...(options.windowNumber === undefined ? {} : { number: options.windowNumber }),
  });
  const noData = options.allowNoData === true ? 'allow' : 'refuse';
  const exitCode = exitCodeOf(checked, { failOn: options.failOn, noData });
  // Loaded only for those who ask.
  const why = options.why === true ? await (await import('./why.js')).whyOf(app, checked) : null;
  const bad = options.why === true ? 'unfolded' : 'brief';
  const detail = verbose === true ? 'every' : bad;
  return {
    exitCode,
    report: () => ({ ...checkReport(checked, exitCode), ...toldOf(checked), ...why?.report }),
    write: async (file) => {
      // Loaded only for those who ask.
      const [{ pageOf }, { writeCheck }] = await Promise.all([
        import('./check-page.js'),
        import('../app/check-page.js'),
      ]);
      await writeCheck(pageOf(checked), file);
    },
    text: () => [checkTable(checked, { exitCode, detail }), ...(why ? [why.text] : [])].join('\n'),
  };
}

/** What was wrong with the files, with their paths as the table has them. */
function toldOf(checked: Checked): { error: string | null; notes: string[] } {
  const { error } = checked.evaluated.evaluation;
  return { error: error === null ? null : near(error), notes: notesOf(checked).map(near) };
}
