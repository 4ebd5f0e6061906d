import type { AuditRecord } from '../domain/audit.js';
import { canonical, sha256 } from './objects.js';
import { decodeEntity, encodeEntity, getJson } from './store.js';
import type { Store } from './store.js';

/** A record in its chain: hash = sha256(previousHash, canonical record); the first follows ''. */
export interface ChainedRecord {
  record: AuditRecord;
  previousHash: string;
  hash: string;
}

/** The newest record of every entity on one day, and the anchor before it: a chain of its own. */
export interface Anchor {
  /** `2026-11-22` */
  day: string;
  previousHash: string;
  entities: readonly { entity: string; sequence: number; hash: string }[];
  hash: string;
}

/** The first bad record of an entity or, with sequence 0, a bad anchor. */
export interface AuditFault {
  entity: string;
  sequence: number;
  fault: string;
}

const folder = (entity: string) => `audit/${encodeEntity(entity)}/`;

export function auditKey(entity: string, sequence: number): string {
  return `${folder(entity)}${String(sequence).padStart(8, '0')}.json`;
}

const hashOf = (previousHash: string, content: unknown) =>
  sha256(previousHash + canonical(content));

/**
 * Appends a record at its sequence. A repeat returns the document that stands; another record at
 * the same sequence, or one that leaves a gap, is an Error.
 */
export async function appendAudit(store: Store, record: AuditRecord): Promise<ChainedRecord> {
  const { entity, sequence } = record;
  if (!Number.isSafeInteger(sequence) || sequence < 1) {
    throw new RangeError(`A sequence is 1, 2, …; got ${sequence} for ${entity}.`);
  }
  const previous = sequence === 1 ? null : await getChained(store, entity, sequence - 1);
  if (previous === null && sequence > 1) {
    throw new Error(`Record ${sequence} of ${entity} came before record ${sequence - 1}.`);
  }
  const previousHash = previous?.hash ?? '';
  const made = { record, previousHash, hash: hashOf(previousHash, record) };
  if (await store.putIfAbsent(auditKey(entity, sequence), JSON.stringify(made))) return made;
  const stands = await getChained(store, entity, sequence);
  if (stands !== null && canonical(stands.record) === canonical(record)) return stands;
  throw new Error(
    `Record ${sequence} of ${entity} is already "${stands?.record.action ?? '?'}"; ` +
      `"${record.action}" cannot take its place. The next record has a higher sequence.`,
  );
}

function getChained(store: Store, entity: string, sequence: number): Promise<ChainedRecord | null> {
  return getJson<ChainedRecord>(store, auditKey(entity, sequence));
}

/** An entity's records in order. */
export async function auditOf(store: Store, entity: string): Promise<AuditRecord[]> {
  const keys = await store.list(folder(entity));
  const chain = await Promise.all(keys.map((key) => getJson<ChainedRecord>(store, key)));
  return chain.filter((link) => link !== null).map(({ record }) => record);
}

/** Entity → its sequences, ascending. */
async function sequences(store: Store): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const key of await store.list('audit/')) {
    const [, kind = '', rest = '', name = ''] = key.split('/');
    const entity = decodeEntity(kind, rest);
    const list = found.get(entity) ?? [];
    list.push(Number.parseInt(name, 10));
    found.set(entity, list);
  }
  return found;
}

const anchorKey = (day: string) => `anchors/${day}.json`;

async function anchors(store: Store): Promise<Anchor[]> {
  const found: Anchor[] = [];
  for (const key of await store.list('anchors/')) {
    const anchor = await getJson<Anchor>(store, key);
    if (anchor !== null) found.push(anchor);
  }
  return found;
}

/**
 * Seals the newest record of every entity into the anchor of a day (`2026-11-22`). The first seal
 * of a day stands and is returned; a day before the newest one is a RangeError.
 */
export async function sealAnchors(store: Store, day: string): Promise<Anchor> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) {
    throw new TypeError(`Expected a day as 2026-11-22, got "${day}".`);
  }
  const stands = await getJson<Anchor>(store, anchorKey(day));
  if (stands !== null) return stands;
  const entities: { entity: string; sequence: number; hash: string }[] = [];
  for (const [entity, list] of await sequences(store)) {
    const sequence = list.at(-1) ?? 0;
    const newest = await getChained(store, entity, sequence);
    if (newest !== null) entities.push({ entity, sequence, hash: newest.hash });
  }
  const last = (await store.list('anchors/')).at(-1);
  if (last !== undefined && last > anchorKey(day)) {
    throw new RangeError(`${last} is sealed already; an earlier day (${day}) cannot follow it.`);
  }
  const previousHash = last === undefined ? '' : ((await getJson<Anchor>(store, last))?.hash ?? '');
  const made = { day, previousHash, entities, hash: hashOf(previousHash, { day, entities }) };
  const key = anchorKey(day);
  if (await store.putIfAbsent(key, JSON.stringify(made))) return made;
  return (await getJson<Anchor>(store, key)) ?? made;
}

/** What is wrong with the chains: changed, missing in the middle, cut off after a seal. */
export async function verifyAudit(store: Store): Promise<AuditFault[]> {
  const faults: AuditFault[] = [];
  const sealed = new Map<string, Map<number, string>>();
  let previousHash = '';
  for (const anchor of await anchors(store)) {
    const { day, entities } = anchor;
    const right = hashOf(anchor.previousHash, { day, entities }) === anchor.hash;
    if (!right) faults.push({ entity: day, sequence: 0, fault: 'the anchor was changed' });
    else if (anchor.previousHash !== previousHash) {
      faults.push({ entity: day, sequence: 0, fault: 'the anchor before it is missing' });
    }
    previousHash = anchor.hash;
    for (const { entity, sequence, hash } of entities) {
      const seals = sealed.get(entity) ?? new Map<number, string>();
      sealed.set(entity, seals.set(sequence, hash));
    }
  }
  const known = await sequences(store);
  for (const entity of new Set([...known.keys(), ...sealed.keys()])) {
    const fault = await firstFault(store, entity, sealed.get(entity) ?? new Map<number, string>());
    if (fault !== null) faults.push({ entity, ...fault });
  }
  return faults;
}

async function firstFault(
  store: Store,
  entity: string,
  sealed: ReadonlyMap<number, string>,
): Promise<{ sequence: number; fault: string } | null> {
  let previousHash = '';
  let sequence = 0;
  for (const key of await store.list(folder(entity))) {
    sequence++;
    if (key !== auditKey(entity, sequence)) return { sequence, fault: 'the record is missing' };
    const link = await getJson<Partial<ChainedRecord>>(store, key).catch(() => null);
    const { record, hash = '' } = link ?? {};
    if (record === undefined) return { sequence, fault: 'the record cannot be read' };
    const right = link?.previousHash === previousHash && hashOf(previousHash, record) === hash;
    const named = record.sequence === sequence && record.entity === entity;
    if (!right || !named || (sealed.get(sequence) ?? hash) !== hash) {
      return { sequence, fault: 'the record was changed' };
    }
    previousHash = hash;
  }
  const last = Math.max(0, ...sealed.keys());
  return last > sequence ? { sequence: sequence + 1, fault: 'the record was cut off' } : null;
}
