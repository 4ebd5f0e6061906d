import { Gauge, Registry } from 'prom-client';
import { checks } from '../checks/index.js';
import { isJudged, type Finding, type Verdict } from '../domain/finding.js';
import type { Commit } from '../domain/run.js';
import { ownerOf } from '../domain/owners.js';
import { isWhole } from '../domain/slice.js';
import { publishedOf } from '../activities/deps.js';
import { listAlerts } from './alerts.js';
import type { App } from './app.js';

/** Findings of one model that are shown at most; a model has more features than a scrape likes. */
const MOST_TARGETS = 200;
const VERDICTS: Readonly<Record<Verdict, number>> = { ok: 0, warn: 1, alert: 2, unknown: 3 };
const NAMES = ['model', 'check', 'target'] as const;

/** The metrics of `/metrics`: name, meaning with its unit, labels. */
export const metricRows = {
  score: {
    name: 'aftercare_score',
    help: 'Newest value of a check, in its unit; lengths of time in seconds',
    labels: NAMES,
  },
  verdict: { name: 'aftercare_verdict', help: '0 ok, 1 warn, 2 alert, 3 unknown', labels: NAMES },
  success: {
    name: 'aftercare_last_success_timestamp_seconds',
    help: 'When the newest window was evaluated, absent when that failed',
    labels: ['model'],
  },
  watermark: {
    name: 'aftercare_watermark_timestamp_seconds',
    help: 'End of the newest window that is done',
    labels: ['model'],
  },
  missed: {
    name: 'aftercare_windows_not_evaluated',
    help: 'Windows that were written off',
    labels: ['model'],
  },
  open: {
    name: 'aftercare_alerts_open',
    help: 'Alerts that are open',
    labels: ['severity', 'owner'],
  },
} as const;

/** The findings of a commit; they never change, so they are read once. */
const kept = new Map<string, readonly Finding[]>();

/** The Prometheus text of the whole state, from heads and each model's newest evaluation. */
export async function metricsText(app: App): Promise<string> {
  const registry = new Registry();
  const gauge = (key: keyof typeof metricRows): Gauge => {
    const { name, help, labels } = metricRows[key];
    return new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  };
  const score = gauge('score');
  const verdict = gauge('verdict');
  const success = gauge('success');
  const due = gauge('watermark');
  const missed = gauge('missed');
  const open = gauge('open');
  for (const head of await app.lake.listModelHeads()) {
    if (head.retiredAt !== null) continue;
    const { model } = head;
    due.set({ model }, head.watermark / 1000);
    missed.set({ model }, head.notEvaluated);
    const [commit] = await app.lake.newest(model, 1);
    if (commit === undefined) continue;
    if (commit.error === null) success.set({ model }, commit.committedAt / 1000);
    // parts of the rows have no label of their own, and would stand in the place of the whole
    const whole = (await findingsOf(app, commit)).filter(isWhole);
    for (const finding of whole.slice(0, MOST_TARGETS)) {
      const labels = { model, check: finding.check, target: finding.target };
      if (finding.value !== null) score.set(labels, inBaseUnit(finding.check, finding.value));
      if (isJudged(finding)) verdict.set(labels, VERDICTS[finding.verdict]);
    }
  }
  for (const alert of await listAlerts(app, 'open')) {
    const head = await app.lake.readHead<{ monitor: string }>(`model/${alert.model}`);
    if (head === null) continue;
    const { monitor } = await publishedOf(app, head.monitor);
    open.inc({ severity: alert.severity, owner: ownerOf(monitor.model.owners, alert.category) });
  }
  return registry.metrics();
}

/** Checks whose value is a length of time; in ms, where Prometheus has seconds. */
const LENGTHS = new Set(
  checks.filter(({ unit }) => unit.startsWith('ms,')).map(({ name }) => name),
);

const inBaseUnit = (check: string, value: number): number =>
  LENGTHS.has(check) ? value / 1000 : value;

async function findingsOf(app: App, commit: Commit): Promise<readonly Finding[]> {
  const known = kept.get(commit.run);
  if (known !== undefined) return known;
  const { findings } = await app.lake.readEvaluation(commit.file, 'light');
  if (kept.size > 10_000) kept.clear();
  kept.set(commit.run, findings);
  return findings;
}
