import { isWhole } from '../domain/slice.js';
import { usualLength } from '../calendar/windows.js';
import { evaluateChecks } from '../checks/evaluate.js';
import { checkNamed } from '../checks/index.js';
import { partKey, pastParts } from '../domain/backtesting/parts.js';
import { hasLimits, withThreshold, type Threshold } from '../domain/backtesting/thresholds.js';
import { tryRule, type Ground, type Trial } from '../domain/backtesting/trial.js';
import { pastEvidence } from '../domain/backtesting/usual.js';
import { isJudged, type Finding, type Verdict } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';
import type { Evidence } from '../domain/score.js';
import { iso } from '../domain/window.js';
import { measuringOf, type App } from './app.js';
import { calibrate, type Calibration } from './backtest-calibrate.js';
import { historyOf, thatStand, type History, type PastWindow } from './backtest-history.js';
import { judgeOne, trial, windowsOf } from './backtest-judge.js';
import { notReplayedOf, uncountedOf, unjudgedOf, type NotReplayed } from './backtest-replayed.js';
import { UsageError } from './errors.js';
import type { LoadedModel } from './load.js';

export interface BacktestInput {
  model: LoadedModel;
  /** A span of the calendar that ends at the newest window, as `90d`. */
  last: string;
  /** Warn limits to try beside those of the monitor. */
  thresholds: readonly Threshold[];
  calibration: 'wanted' | 'none';
  progress: (text: string) => void;
}

/** One line of the table: a rule, and what it would have done. */
export interface RuleTrial extends Trial {
  /** `psi` at its own limits, `all checks`, `always fires`, `never fires`. */
  rule: string;
  /** The warn limit that was tried; null: as the monitor says. */
  limit: number | null;
}

/** What a backtest found; nothing of it is written. */
export interface Backtested {
  monitor: Monitor;
  history: History;
  /** What the monitor would have said, window by window. */
  findings: readonly (readonly Finding[])[];
  /** By check, first at the monitor's own limits. */
  rules: readonly RuleTrial[];
  /** Rules that nothing can be said of; they are no part of anything else here. */
  notReplayed: readonly NotReplayed[];
  baselines: readonly RuleTrial[];
  calibration: readonly Calibration[];
}

/** Replays past windows: what the monitor would have said, and under other thresholds. */
export async function backtestModel(app: App, input: BacktestInput): Promise<Backtested> {
  const { published } = input.model;
  const { monitor } = published;
  const left = notReplayedOf(monitor);
  for (const threshold of input.thresholds) {
    requireListed(monitor, threshold.check);
    requireReplayed(left, threshold.check);
    requirePossible(monitor, threshold);
  }
  const deps = await measuringOf(app);
  const { last, progress } = input;
  const history = await historyOf(deps, { monitor, last, now: app.clock(), progress });
  const ground: Ground = {
    rules: published.alerts,
    model: monitor.model.id,
    windowSize: usualLength(monitor.windows),
  };
  const known = without(left, measure(monitor, history));
  const unjudged = unjudgedOf(known);
  const measured = without(unjudged, known);
  const notReplayed = [...left, ...unjudged, ...uncountedOf(monitor, history)];
  const names = [...new Set(monitor.checks.map((spec) => spec.name ?? spec.check))];
  const own = names.flatMap((check): RuleTrial[] => {
    const found = measured.map((list) => list.filter((finding) => finding.check === check));
    if (found.every((list) => list.length === 0)) return [];
    const tried = input.thresholds.filter((threshold) => threshold.check === check);
    const now = { rule: check, limit: null, ...trial(found, ground) };
    return [
      now,
      ...tried.map((threshold) => tryThreshold(monitor, { measured, threshold, ground })),
    ];
  });
  const calibration =
    input.calibration === 'none' ? [] : calibrated(monitor, left, { history, ground });
  const rest = { notReplayed, baselines: baselines(measured, ground), calibration };
  return { monitor, history, findings: measured, rules: own, ...rest };
}

/** Findings of the other rules. */
function without(rules: readonly NotReplayed[], measured: readonly Finding[][]): Finding[][] {
  const names = new Set(rules.map(({ rule }) => rule));
  return measured.map((list) => list.filter(({ check }) => !names.has(check)));
}

/** A floor is chosen for what is replayed, and for nothing else. */
function calibrated(
  monitor: Monitor,
  left: readonly NotReplayed[],
  on: { history: History; ground: Ground },
): Calibration[] {
  const names = left.map(({ rule }) => rule);
  const checks = monitor.checks.filter((spec) => !names.includes(spec.name ?? spec.check));
  return calibrate({ monitor: { ...monitor, checks }, ...on });
}

function requireReplayed(left: readonly NotReplayed[], check: string): void {
  const found = left.find(({ rule }) => rule === check);
  if (found !== undefined) throw new UsageError(`--grid ${check}: not replayed; ${found.why}.`);
}

/** A limit that every window is beyond tries nothing. */
function requirePossible({ checks }: Monitor, { check, value }: Threshold): void {
  const spec = checks.find((one) => (one.name ?? one.check) === check);
  if (value >= 0 || spec === undefined || checkNamed(spec.check).worse === 'lower') return;
  throw new UsageError(`--grid ${check}=${value}: expected limits of at least 0.`);
}

function requireListed({ checks }: Monitor, check: string): void {
  const names = [...new Set(checks.filter(hasLimits).map((spec) => spec.name ?? spec.check))];
  if (names.includes(check)) return;
  throw new UsageError(
    `--grid ${check}: the monitor does not judge by it; expected one of ${names.join(', ')}.`,
  );
}

/** Findings of every window and its parts by the monitor as it is now. */
function measure(monitor: Monitor, { standing, windows, before, parts }: History): Finding[][] {
  const stand = thatStand(monitor);
  const past = pastEvidence(standing, windows, before);
  const slices = pastParts(past, parts);
  return past.map((evidence, place) => {
    const { window } = evidence.current;
    const run = `${monitor.model.id}@${iso(window.end)}/0`;
    const seen = { evidence, slices: slices[place] ?? [], shown: [] };
    const frame = { inputs: '', run, window, revision: 0 };
    const findings = evaluateChecks({ monitor, ...seen, ...frame }).filter(isJudged);
    return withFine(findings, windows[place], { stand, replayed: seen.slices });
  });
}

/**
 * What was said from fine counts stands. Which parts have something of their own to say hangs on
 * what was said of all rows, so that theirs does as a whole.
 */
function withFine(
  findings: readonly Finding[],
  past: PastWindow | undefined,
  { stand, replayed }: { stand: readonly string[]; replayed: readonly Evidence[] },
): Finding[] {
  const fine = (past?.findings ?? []).filter(({ check }) => stand.includes(check));
  const said = new Set(fine.map(({ check }) => check));
  const nameOf = ({ check, target }: Finding) => `${check} ${target}`;
  const whole = new Map(fine.filter(isWhole).map((finding) => [nameOf(finding), finding]));
  const judged = new Set(findings.map(({ check }) => check));
  const keys = new Set(replayed.map(({ current }) => partKey(current.slice)));
  const ofParts = fine.filter(
    (one) => !isWhole(one) && judged.has(one.check) && keys.has(partKey(one.slice)),
  );
  const kept = findings.filter((one) => isWhole(one) || !said.has(one.check));
  const own = kept.map((one) => (isWhole(one) ? (whole.get(nameOf(one)) ?? one) : one));
  return [...own, ...ofParts];
}

function tryThreshold(
  monitor: Monitor,
  from: { measured: readonly Finding[][]; threshold: Threshold; ground: Ground },
): RuleTrial {
  const { threshold, measured, ground } = from;
  const { check, value } = threshold;
  const spec = monitor.checks.find((one) => (one.name ?? one.check) === check);
  const { worse } = checkNamed(spec?.check ?? check);
  const other = withThreshold(monitor, threshold, worse);
  const again = measured.map((list) => judgeOne(other, list, check));
  return { rule: check, limit: value, ...trial(again, ground) };
}

/** All checks together; and what no rule at all would do: to always fire, and never. */
function baselines(measured: readonly Finding[][], ground: Ground): RuleTrial[] {
  const all = windowsOf(
    measured.map((list) => list.map((finding) => ({ ...finding, reason: null }))),
  );
  const said = (verdict: Verdict) =>
    all.map((one) => ({
      ...one,
      marks: one.marks.map((mark) => ({ ...mark, verdict, patience: 1 as const })),
    }));
  const row = (rule: string, done: Trial): RuleTrial => ({ ...{ rule, limit: null }, ...done });
  return [
    row('all checks', trial(measured, ground)),
    row('always fires', tryRule(said('warn'), ground)),
    row('never fires', tryRule(said('ok'), ground)),
  ];
}
