import { heartbeat } from '@temporalio/activity';
import type { AlertSummary } from '../domain/alert.js';
import type { AlertHead } from '../domain/alerting/state.js';
import type { Category } from '../domain/finding.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor, SourceSpec } from '../domain/monitor.js';
import type { Grid } from '../domain/profile.js';
import { kindOfPath, SourceError } from '../domain/source.js';
import type { TrainingResult } from '../domain/retraining.js';
import { trainedVersion } from '../domain/version.js';
import { buildReference, profileReference } from '../lake/reference.js';
import { getReference, putReference } from '../lake/reference-store.js';
import type { StoredReference } from '../lake/reference-store.js';
import { nothingAt } from '../sources/files.js';
import { locate } from '../sources/locate.js';
import { modelHead, publishedOf, type Deps } from './deps.js';
import { beating } from './evaluate-window.js';
import { referenceSpec, touchedBy, weightOf } from './reference.js';
import { withScratch } from './scratch.js';

/** What a promotion closes: they were about the model that is gone. */
const CLOSED: readonly Category[] = ['performance', 'drift', 'staleness'];
/** An alert that somebody may have heard of. */
const OPEN: ReadonlySet<AlertSummary['status']> = new Set([
  ...(['firing', 'escalated', 'acknowledged', 'snoozed'] as const),
]);

/** Nothing to be the new reference is where the trainer said; the words are ours, no row's. */
export class NoRowsError extends SourceError {}

/**
 * Promotes a challenger: profiles its training rows on the model's grid, makes that the active
 * reference, registers its version, and tells the open drift, performance and staleness alerts. A
 * repeat builds the same reference and tells them the same event, which they drop. Heartbeats.
 */
export async function promote(
  deps: Deps,
  model: string,
  result: TrainingResult,
): Promise<{ reference: string }> {
  const head = await deps.lake.readHead<ModelHead>(modelHead(model));
  if (head === null) throw new Error(`Model "${model}" has no head; run aftercare apply.`);
  const { monitor } = await publishedOf(deps, head.monitor);
  const stored = await beating('promote', () => newReference(deps, { monitor, head, result }));
  const reference = await putReference(deps.lake, stored);
  await registerPromoted(deps, { model, result, head, rows: stored.rows });
  const pin: ReferencePin = {
    fingerprint: reference,
    spec: referenceSpec(monitor),
    version: result.version,
    trainedUntil: result.trainedUntil,
    since: deps.clock(),
  };
  heartbeat({ step: 'pin' });
  await deps.lake.updateHead<ModelHead>(modelHead(model), (old) => ({
    ...(old ?? head),
    reference: isPinned(old?.reference ?? null, pin) ? (old?.reference ?? pin) : pin,
  }));
  await closeAlerts(deps, model, {
    id: `promoted/${result.version}/${reference.slice(0, 12)}`,
    version: result.version,
  });
  return { reference };
}

/** What a trainer says of a version; one that stands, a repeat's or its own, stays. */
async function registerPromoted(
  deps: Deps,
  from: { model: string; result: TrainingResult; head: ModelHead; rows: number },
): Promise<void> {
  const { model, result, head, rows } = from;
  const parent = head.reference?.version ?? null;
  await deps.lake.putVersion({
    ...trainedVersion({ model, result, parent, rows }),
    ...{ origin: { kind: 'retraining', ref: null }, by: null, at: deps.clock() },
  });
}

/** Tells the alerts; whoever was mailed of several of them is mailed of their end once. */
async function closeAlerts(
  deps: Deps,
  model: string,
  event: { id: string; version: string },
): Promise<void> {
  const heads = await Promise.all(
    CLOSED.map(async (category) => {
      const head = await deps.lake.readEntityHead<AlertHead>(`alert/${model}/${category}`);
      return { category, head };
    }),
  );
  const alive = heads.flatMap(({ category, head }) =>
    head?.alive === true ? [{ category, summary: head.summary }] : [],
  );
  const open = alive.filter(({ summary }) => OPEN.has(summary.status));
  const told = new Set<string>();
  for (const { category, summary } of alive) {
    const later = open.slice(open.findIndex((one) => one.category === category) + 1);
    const also = OPEN.has(summary.status) ? later.map((one) => one.category) : [];
    await deps.entities.tellAlert(model, category, {
      type: 'promoted',
      ...event,
      ...(also.length === 0 ? {} : { also }),
      ...(told.size === 0 ? {} : { toldElsewhere: [...told].sort() }),
    });
    if (!OPEN.has(summary.status)) continue;
    for (const address of await mailed(deps, `alert/${model}/${category}`, summary)) {
      told.add(address);
    }
  }
}

/** Who got a mail about this episode; other channels keep a message of their own for each alert. */
async function mailed(
  deps: Deps,
  entity: string,
  { firedAt }: AlertSummary,
): Promise<readonly string[]> {
  const deliveries = await deps.lake.deliveriesOf(entity);
  return deliveries.flatMap(({ channel, address, state, at }) =>
    channel === 'email' && state === 'sent' && at >= (firedAt ?? Infinity)
      ? [`${channel}:${address}`]
      : [],
  );
}

/** A repeat keeps the instant of the first; a new version on the same rows is another pin. */
function isPinned(old: ReferencePin | null, pin: ReferencePin): boolean {
  return old?.fingerprint === pin.fingerprint && old.version === pin.version;
}

async function newReference(
  deps: Deps,
  from: { monitor: Monitor; head: ModelHead; result: TrainingResult },
): Promise<StoredReference> {
  const { monitor, head, result } = from;
  const source: SourceSpec = {
    kind: kindOfPath(result.reference) ?? 'parquet',
    path: result.reference,
    where: null,
    ...(monitor.predictions.shape && { shape: monitor.predictions.shape }),
  };
  const located = await locate(source, { span: null, timezone: monitor.windows.timezone });
  const nothing = (what: string) => new NoRowsError(result.reference, null, what);
  if (located.files.length === 0)
    throw nothing(await nothingAt(located.path, 'the rows it was trained on'));
  const request = { monitor, located, windowsOf: touchedBy(monitor), ...weightOf(monitor) };
  const grid = head.reference && (await storedGrid(deps, head.reference.fingerprint));
  const built = await withScratch(deps, (db) =>
    grid === null
      ? buildReference(db, request)
      : profileReference(db, { ...request, grid, exact: 'grid' }),
  );
  const { profile } = built;
  if (profile.rows === 0) throw nothing('no row in it; expected the rows it was trained on');
  const { slices, periods, manifest } = built;
  const base = { grid: built.grid, profile, located, slices, periods };
  return { ...base, path: result.reference, rows: manifest.rows };
}

async function storedGrid(deps: Deps, reference: string): Promise<Grid> {
  return (await getReference(deps.lake, reference)).grid;
}
