import { adviceInputOn } from '../activities/advise.js';
import { evaluate, type Evaluated } from '../activities/evaluate.js';
import { modelHead } from '../activities/deps.js';
import { withScratch } from '../activities/scratch.js';
import { findingId, holds, newestOf } from '../domain/accepted.js';
import type { Advice } from '../domain/advice.js';
import { isOfLabels } from '../domain/check.js';
import type { Finding, Verdict } from '../domain/finding.js';
import type { AcceptedLevel } from '../domain/level.js';
import type { ModelHead } from '../domain/model.js';
import type { LoopPicture } from '../domain/loop/picture.js';
import type { Monitor } from '../domain/monitor.js';
import type { ChangedInput } from '../domain/causes/changed.js';
import { anythingFailed, anythingJudged } from '../domain/judging/judge.js';
import { iso, type Instant, type Window } from '../domain/window.js';
import { fingerprint } from '../lake/objects.js';
import { countVerdicts } from '../activities/marks.js';
import { adviceIn, adviceReport } from './advice.js';
import { asApplied } from './editor.js';
import { UsageError } from './errors.js';
import { measuringOf, type App } from './app.js';
import { matureBefore, matureOf, onlyOfLabels } from './check-mature.js';
import { spanReport, windowOf } from './check-window.js';
import { findingReport } from './finding-report.js';
import type { LoadedModel } from './load.js';
import { loopIn, loopReport } from './loop.js';
import { notMonitored } from './not-monitored.js';
import { changedIn, changedReport } from './changed.js';
import { refuseUnknownColumns } from './unknown-columns.js';
import { refuseSql } from './validate.js';

/** When a gate closes. */
export type FailOn = 'warn' | 'alert' | 'never';

export interface CheckInput {
  model: LoadedModel;
  /** Judged for this instant; null: for the newest window that is due, as live. */
  asOf: Instant | null;
  /** A span of its own, as `31d`; null: the window of the grid. */
  span: string | null;
  exact: 'exact' | 'grid';
  /** Number of the window, from 0, where they are cut by rows; absent: they are not. */
  number?: number;
}

/** What `check` found; nothing of it is written but reusable reference profiles. */
export interface Checked {
  monitor: Monitor;
  window: Window;
  evaluated: Evaluated;
  findings: readonly Finding[];
  /**
   * Where labels of the window are immature: what the newest mature window says instead. It is
   * shown with its date and counts for nothing. null: nothing is immature. `isEmpty`: it has no
   * rows, as where the data began later.
   */
  mature: { window: Window; findings: readonly Finding[]; isEmpty: boolean } | null;
  advice: Advice;
  /** The links of the feedback loop; null: the monitor says nothing of one. */
  loop: LoopPicture | null;
  /** Inputs that differ from the reference. */
  changed: readonly ChangedInput[];
  /** Levels that people accepted and that measured columns of this window. */
  accepted: readonly AcceptedLevel[];
  counts: Record<Verdict, number>;
  /** The window is not one of the grid: no error rate is stated for it. */
  oneOff: boolean;
}

/**
 * Evaluates one window here and now, without Temporal. UsageError where it cannot for a fault of
 * the model's file, as a `where` that is no SQL.
 */
export async function checkModel(app: App, input: CheckInput): Promise<Checked> {
  const { monitor } = input.model.published;
  if (input.exact === 'exact') refuseParts(monitor);
  const now = app.clock();
  const { window, at } = windowOf(monitor, { ...input, now });
  const deps = await measuringOf(app);
  const head = await app.lake.readHead<ModelHead>(modelHead(monitor.model.id));
  const known = fingerprint(await asApplied(app, input.model.published, head));
  const look = (watched: Monitor, of: { window: Window; at: Instant }): Promise<Evaluated> =>
    withScratch(deps, (db, folder) =>
      evaluate(deps, db, {
        monitor: watched,
        fingerprint: known,
        due: { ...of, revision: 0, knownAt: Math.max(now, at) },
        head,
        exact: input.exact,
        landDir: folder,
        earlier: 'profile',
      }),
    );
  const evaluated = await look(monitor, { window, at });
  refuseUnknownColumns(input.model, evaluated);
  const { findings } = evaluated.evaluation;
  // What could not be done may be a fault of the file: then it is told as "validate" tells it.
  if (isFailed(evaluated)) await refuseSql(app, input.model);
  const older = findings.some(({ reason }) => reason === 'immature')
    ? await look(onlyOfLabels(monitor), matureBefore(monitor, Math.max(now, at)))
    : null;
  const asked = await adviceInputOn(deps, { monitor, evaluated, at });
  const counts = countVerdicts(findings);
  const mature = older && matureOf(older);
  const advice = adviceIn(monitor, asked);
  const loop = await loopIn(deps, { monitor, asked, mature: mature?.findings ?? [] });
  const oneOff = input.span !== null;
  const levels = await app.lake.acceptedOf(monitor.model.id);
  const accepted = newestOf(levels.filter((level) => holds(level, window)));
  const before = await app.lake.commitsOf(monitor.model.id, { to: window.start });
  const changed = changedIn(monitor, { findings, window }, before);
  const seen = { monitor, window, evaluated, findings, mature, advice, loop, changed };
  return { ...seen, accepted, counts, oneOff };
}

/** Parts of the rows are counted on the grid alone. */
function refuseParts({ reference }: Monitor): void {
  const named = Object.entries({ drift: reference.drift, ...reference.others });
  const part = named.find(([, source]) => source?.kind === 'segment');
  if (part === undefined) return;
  throw new UsageError(
    `--exact: reference.${part[0]} is a segment, whose rows are counted on the grid alone; ` +
      'check without --exact, or compare with another reference.',
  );
}

const isFailed = ({ evaluation: { error, findings } }: Evaluated): boolean =>
  error !== null || anythingFailed(findings);

/** 0, 1, 3 or 4, as the surface promises. */
export function exitCodeOf(
  checked: Checked,
  options: { failOn: FailOn; noData: 'allow' | 'refuse' },
): 0 | 1 | 3 | 4 {
  if (isFailed(checked.evaluated)) return 3;
  // First: an empty window is no gate that was hit, whatever volume says of it.
  if (!anythingJudged(checked.findings)) return options.noData === 'allow' ? 0 : 4;
  const { counts } = checked;
  const bad = options.failOn === 'warn' ? counts.warn + counts.alert : counts.alert;
  if (options.failOn !== 'never' && bad > 0) return 1;
  return isUncompared(checked) && options.noData === 'refuse' ? 4 : 0;
}

/** The window is its own reference, and what is asked for needs another: that is no pass. */
const isUncompared = ({ evaluated, findings }: Checked): boolean =>
  evaluated.first === true && findings.some(({ reason }) => reason === 'no_reference');

/** What to know beside the findings, columns that nobody watches among it. */
export function notesOf({ monitor, evaluated }: Checked): string[] {
  const open = notMonitored(monitor, evaluated);
  return [...(evaluated.evaluation.notes ?? []), ...(open === null ? [] : [open])];
}

/** The stable JSON of `check --json`. */
export function checkReport(checked: Checked, exitCode: number): Record<string, unknown> {
  const { monitor, evaluated, window, findings, mature, advice, loop, counts } = checked;
  const { evaluation, reference, pin } = evaluated;
  const isPassing = checked.oneOff || monitor.windows.rows !== undefined;
  return {
    version: 1,
    model: monitor.model.id,
    modelVersions: versionsOf(evaluated),
    window: spanReport(monitor, window),
    reference: reference && {
      id: reference.path,
      fingerprint: pin?.fingerprint ?? null,
      rows: reference.rows,
    },
    rows: evaluation.profile?.rows ?? 0,
    error: evaluation.error,
    notes: notesOf(checked),
    findings: findings.map((finding) => ({
      id: isPassing ? null : findingId(monitor.model.id, finding),
      ...findingReport(finding, monitor.checks),
    })),
    mature: mature && {
      window: { start: iso(mature.window.start), end: iso(mature.window.end) },
      findings: mature.findings
        .filter(isOfLabels)
        .map((finding) => findingReport(finding, monitor.checks)),
    },
    changed: changedReport(checked.changed),
    advice: adviceReport(advice),
    loop: loopReport(monitor, loop),
    accepted: checked.accepted.map(({ finding, by, effect, reason, until }) => {
      return { finding, by, effect, reason, until: iso(until) };
    }),
    counts,
    exitCode,
  };
}

function versionsOf({ evaluation }: Evaluated): string[] {
  const versions = evaluation.profile?.outcomes?.by['version'] ?? [];
  return [...new Set(Array.from(versions, String))].filter((version) => version !== '').sort();
}
