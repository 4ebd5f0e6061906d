import type { DeliveryRecord } from '../domain/audit.js';
import { encodeEntity, encodeName, getJson } from './store.js';
import type { Store } from './store.js';

/** Later states of one attempt; a transition that arrives late never hides a later one. */
const ORDER: Readonly<Record<DeliveryRecord['state'], number>> = {
  planned: 0,
  sending: 1,
  suppressed: 2,
  failed: 3,
  doubtful: 4,
  refused: 5,
  sent: 6,
};

const folder = (entity: string) => `deliveries/${encodeEntity(entity)}/`;

/** One document for each transition of an attempt; the first stands, a repeat writes nothing. */
export async function putDelivery(store: Store, record: DeliveryRecord): Promise<void> {
  const name = `${encodeName(record.deliveryId)}~${record.attempt}~${record.state}.json`;
  await store.putIfAbsent(folder(record.entity) + name, JSON.stringify(record));
}

/** All transitions of an entity's deliveries, by delivery, attempt and state. */
export async function deliveriesOf(store: Store, entity: string): Promise<DeliveryRecord[]> {
  const records = await readAll(store, folder(entity));
  return records.sort(
    (a, b) =>
      (a.deliveryId < b.deliveryId ? -1 : Number(a.deliveryId > b.deliveryId)) ||
      a.attempt - b.attempt ||
      ORDER[a.state] - ORDER[b.state],
  );
}

/**
 * The latest known state of one delivery, null when it is unknown. What was once sent stays sent;
 * otherwise the highest attempt counts, and in it the latest state.
 */
export async function deliveryState(
  store: Store,
  entity: string,
  deliveryId: string,
): Promise<DeliveryRecord | null> {
  const records = await readAll(store, `${folder(entity)}${encodeName(deliveryId)}~`);
  let latest: DeliveryRecord | null = null;
  for (const record of records) {
    if (latest === null || isLater(record, latest)) latest = record;
  }
  return latest;
}

function isLater(a: DeliveryRecord, b: DeliveryRecord): boolean {
  if ((a.state === 'sent') !== (b.state === 'sent')) return a.state === 'sent';
  return a.attempt - b.attempt > 0 || (a.attempt === b.attempt && ORDER[a.state] > ORDER[b.state]);
}

async function readAll(store: Store, prefix: string): Promise<DeliveryRecord[]> {
  const keys = await store.list(prefix);
  const records = await Promise.all(keys.map((key) => getJson<DeliveryRecord>(store, key)));
  return records.filter((record) => record !== null);
}
