import type { Client } from '@temporalio/client';
import type { AlertEvent, AlertSummary } from '../domain/alert.js';
import type { AlertHead } from '../domain/alerting/state.js';
import type { AuditRecord, DeliveryRecord } from '../domain/audit.js';
import type { Answer } from '../domain/entity.js';
import type { Category, Finding } from '../domain/finding.js';
import type { Instant } from '../domain/window.js';
import { alertId } from '../workflows/messages.js';
import type { App } from './app.js';
import { act, actNow, type Actor } from './entities.js';
import { UsageError } from './errors.js';

/** An alert with all that is known of it. */
export interface AlertStory {
  alert: AlertSummary;
  findings: readonly Finding[];
  deliveries: readonly DeliveryRecord[];
  audit: readonly AuditRecord[];
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

/** It fires, or somebody handles it. */
export function isOpenAlert({ status }: AlertSummary): boolean {
  return ['firing', 'escalated', 'acknowledged', 'snoozed'].includes(status);
}

/** `<model>/<category>` with or without `#<episode>`; UsageError that lists what there is. */
export async function findAlert(app: App, id: string): Promise<AlertSummary> {
  const all = await listAlerts(app, 'all');
  const found = all.find((alert) => alert.id === id || `${alert.model}/${alert.category}` === id);
  if (found !== undefined) return found;
  const known = all.map((alert) => alert.id).join(', ');
  throw new UsageError(
    `No alert "${id}". ${known === '' ? 'There is none at all.' : `Known: ${known}.`}`,
  );
}

/** The alert with the findings behind it, its deliveries and its history. */
export async function showAlert(app: App, id: string): Promise<AlertStory> {
  const alert = await findAlert(app, id);
  const entity = alertId(alert.model, alert.category);
  const commit = await app.lake.commitOf(alert.model, alert.lastWindow);
  const findings = commit === null ? [] : (await app.lake.readEvaluation(commit.file)).findings;
  const bad = findings.filter(
    ({ category, verdict }) =>
      category === alert.category && (verdict === 'warn' || verdict === 'alert'),
  );
  const [deliveries, audit] = await Promise.all([
    app.lake.deliveriesOf(entity),
    app.lake.auditOf(entity),
  ]);
  return { alert, findings: bad, deliveries, audit };
}

/** What a person can do about an alert. */
export type AlertAct =
  | { type: 'ack' | 'unack' | 'resolve' | 'comment' }
  | { type: 'snooze'; until: Instant }
  | { type: 'assign'; to: string };

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
