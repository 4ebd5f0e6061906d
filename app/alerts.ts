import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { episodesHead, type Episodes } from '../activities/backfill.js';
import { publishedOf, timezoneOf } from '../activities/deps.js';
import { actionsOf } from '../activities/actions.js';
import { unjudgedBy } from '../activities/unjudged.js';
import type { UnjudgedWindow } from '../domain/alerting/unjudged.js';
import type { AlertEvent, AlertKey, AlertSummary } from '../domain/alert.js';
import type { HistoricEpisode } from '../domain/alerting/replay.js';
import type { AlertHead } from '../domain/alerting/state.js';
import type { AuditRecord, DeliveryRecord } from '../domain/audit.js';
import type { Answer } from '../domain/entity.js';
import { categories, type Category, type Finding } from '../domain/finding.js';
import type { Target } from '../domain/notice.js';
import type { Instant } from '../domain/window.js';
import { alertId } from '../workflows/messages.js';
import type { App } from './app.js';
import { act, actNow, type Actor } from './entities.js';
import { unknownId } from './unknown-id.js';

/** An episode that a backfill found; nobody was told of it. */
export interface PastEpisode extends AlertKey, HistoricEpisode {
  /** Of the model's windows. */
  timezone: string;
}

/** An alert with all that is known of it. */
export interface AlertStory {
  /** null: it never was live, a backfill found what there is; `findings`: how the last began. */
  alert: AlertSummary | null;
  past: readonly PastEpisode[];
  findings: readonly Finding[];
  /** Broken rules of other categories in the same window; absent: none. */
  causes?: readonly Finding[];
  deliveries: readonly DeliveryRecord[];
  audit: readonly AuditRecord[];
  /** What to do when a check fires, by its name; absent: nothing is known. */
  actions?: Readonly<Record<string, string>>;
  /** Of the model's windows, in which instants are told. */
  timezone: string;
  /** Windows that could not be judged, newest first; absent: the alert is about others. */
  unjudged?: readonly UnjudgedWindow[];
}

/** Alerts by their heads: open ones first, the newest first. `which: 'all'` has ended ones too. */
export async function listAlerts(app: App, which: 'open' | 'all'): Promise<AlertSummary[]> {
  const heads = await app.lake.listEntityHeads<AlertHead>('alert/');
  return heads
    .map(({ value }) => value.summary)
    .filter((alert) => alert.episode > 0 || alert.status === 'pending')
    .filter((alert) => which === 'all' || isOpenAlert(alert))
    .sort((a, b) => Number(isOpenAlert(b)) - Number(isOpenAlert(a)) || b.lastWindow - a.lastWindow);
}

/** What backfills found, by model and category, oldest first. */
export async function pastEpisodes(app: App): Promise<PastEpisode[]> {
  const heads = await app.lake.listModelHeads();
  const keys = heads.flatMap(({ model, monitor }) =>
    categories.map((category) => ({ model, monitor, category })),
  );
  const found = await pMap(
    keys,
    async ({ model, category, monitor }) => {
      const head = await app.lake.readHead<Episodes>(episodesHead(model, category));
      if (head === null) return [];
      const { timezone } = (await publishedOf(app, monitor)).monitor.windows;
      return head.episodes.map((episode) => ({ model, category, timezone, ...episode }));
    },
    { concurrency: 20 },
  );
  return found.flat();
}

/** It fires, or somebody handles it. */
function isOpenAlert({ status }: AlertSummary): boolean {
  return ['firing', 'escalated', 'acknowledged', 'snoozed'].includes(status);
}

/** `<model>/<category>` with or without `#<episode>`; UsageError that names what there is. */
export async function findAlert(app: App, id: string): Promise<AlertSummary> {
  const all = await listAlerts(app, 'all');
  const found = all.find((alert) => alert.id === id || `${alert.model}/${alert.category}` === id);
  if (found !== undefined) return found;
  throw unknownId(app, { what: 'alert', id, known: all.map((one) => one.id) });
}

/** The alert with the findings behind it, its deliveries and its history. */
export async function showAlert(app: App, id: string): Promise<AlertStory> {
  const name = id.split('#')[0];
  const all = await pastEpisodes(app);
  const past = all.filter(({ model, category }) => `${model}/${category}` === name);
  if (past.length > 0 && (await app.lake.readEntityHead(`alert/${name}`)) === null) {
    const [{ model, category, from, timezone }] = past.slice(-1) as [PastEpisode];
    const findings = badOf(await findingsIn(app, model, from), category);
    return { alert: null, past, findings, deliveries: [], audit: [], timezone };
  }
  const alert = await findAlert(app, id);
  const entity = alertId(alert.model, alert.category);
  const findings = await findingsIn(app, alert.model, alert.lastWindow);
  const bad = badOf(findings, alert.category);
  const causes = findings.filter((one) => one.hard !== null && one.category !== alert.category);
  const [deliveries, audit] = await Promise.all([
    app.lake.deliveriesOf(entity),
    app.lake.auditOf(entity),
  ]);
  const names = bad.map(({ check }) => check);
  const actions = await actionsOf(app, alert.model, names);
  const unjudged = await unjudgedBy(app, alert);
  const timezone = await timezoneOf(app, alert.model);
  return { alert, past, findings: bad, causes, deliveries, audit, actions, unjudged, timezone };
}

async function findingsIn({ lake }: App, model: string, end: Instant): Promise<readonly Finding[]> {
  const commit = await lake.commitOf(model, end);
  return commit === null ? [] : (await lake.readEvaluation(commit.file)).findings;
}

function badOf(findings: readonly Finding[], of: Category): Finding[] {
  return findings.filter(
    ({ category, verdict }) => category === of && (verdict === 'warn' || verdict === 'alert'),
  );
}

/** What a person can do about an alert. */
export type AlertAct =
  | { type: 'unack' | 'resolve' | 'comment' }
  /** `chain`: how who acknowledges is reached. */
  | { type: 'ack'; chain: readonly Target[] }
  | { type: 'snooze'; until: Instant }
  /** `chain`: how the person is reached. */
  | { type: 'assign'; to: string; chain: readonly Target[] };

/** Acts on the alert and waits until it is decided; UnavailableError when that is not known. */
export async function actOnAlert(
  client: Client,
  alert: { model: string; category: Category },
  input: { actor: Actor; act: AlertAct },
): Promise<Answer> {
  const event: AlertEvent = { ...input.act, ...actNow(input.actor) };
  const workflowId = alertId(alert.model, alert.category);
  return act(client, { workflowId, startAs: null }, event);
}
