import { Gauge, Registry } from 'prom-client';
import type { Finding, Verdict } from '../domain/finding.js';
import type { Commit } from '../domain/run.js';
import { ownerOf } from '../domain/monitor.js';
import { publishedOf } from '../activities/deps.js';
import { listAlerts } from './alerts.js';
import type { App } from './app.js';

/** Findings of one model that are shown at most; a model has more features than a scrape likes. */
const MOST_TARGETS = 200;
const VERDICTS: Readonly<Record<Verdict, number>> = { ok: 0, warn: 1, alert: 2, unknown: 3 };
const NAMES = ['model', 'check', 'target'] as const;

/** The findings of a commit; they never change, so they are read once. */
const kept = new Map<string, readonly Finding[]>();

/** The Prometheus text of the whole state, from heads and each model's newest evaluation. */
export async function metricsText(app: App): Promise<string> {
  const registry = new Registry();
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge<T>({ name: `aftercare_${name}`, help, labelNames, registers: [registry] });
  const score = gauge('score', 'Newest value of a check', NAMES);
  const verdict = gauge('verdict', '0 ok, 1 warn, 2 alert, 3 unknown', NAMES);
  const success = gauge('last_success_timestamp_seconds', 'Last evaluated window', ['model']);
  const due = gauge('watermark_timestamp_seconds', 'End of the newest window', ['model']);
  const missed = gauge('windows_not_evaluated', 'Windows written off', ['model']);
  const open = gauge('alerts_open', 'Open alerts', ['severity', 'owner']);
  for (const head of await app.lake.listModelHeads()) {
    if (head.retiredAt !== null) continue;
    const { model } = head;
    due.set({ model }, head.watermark / 1000);
    missed.set({ model }, head.notEvaluated);
    const [commit] = await app.lake.newest(model, 1);
    if (commit === undefined) continue;
    if (commit.error === null) success.set({ model }, commit.committedAt / 1000);
    for (const finding of (await findingsOf(app, commit)).slice(0, MOST_TARGETS)) {
      const labels = { model, check: finding.check, target: finding.target };
      if (finding.value !== null) score.set(labels, finding.value);
      verdict.set(labels, VERDICTS[finding.verdict]);
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

async function findingsOf(app: App, commit: Commit): Promise<readonly Finding[]> {
  const known = kept.get(commit.run);
  if (known !== undefined) return known;
  const { findings } = await app.lake.readEvaluation(commit.file, 'light');
  if (kept.size > 10_000) kept.clear();
  kept.set(commit.run, findings);
  return findings;
}
