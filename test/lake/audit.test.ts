import { readFile, rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { AuditRecord } from '../../domain/audit.js';
import { auditKey } from '../../lake/audit.js';
import type { Lake } from '../../lake/lake.js';
import { sha256 } from '../../lake/objects.js';
import { withLake } from '../support/lake.js';

const ENTITY = 'alert/churn/drift';
const record = (sequence: number, part: Partial<AuditRecord> = {}): AuditRecord => ({
  entity: ENTITY,
  sequence,
  at: sequence,
  actor: { id: 'ana', via: 'cli', verified: false },
  action: 'ack',
  subject: 'churn/drift#1',
  reason: null,
  evidence: null,
  ...part,
});

async function append(lake: Lake, sequences: readonly number[]): Promise<void> {
  for (const sequence of sequences) await lake.appendAudit(record(sequence));
}

const fileOf = (lake: Lake, sequence: number) => lake.store.location(auditKey(ENTITY, sequence));

test('each hash is the sha256 of the hash before it and the canonical record', () =>
  withLake(async (lake) => {
    const first = await lake.appendAudit(record(1));
    const second = await lake.appendAudit(record(2));
    const text = (n: number) =>
      `{"action":"ack","actor":{"id":"ana","verified":false,"via":"cli"},"at":${n},` +
      `"entity":"alert/churn/drift","evidence":null,"reason":null,"sequence":${n},` +
      `"subject":"churn/drift#1"}`;
    expect(first.hash).toBe(sha256(text(1)));
    expect(second).toMatchObject({ previousHash: first.hash, hash: sha256(first.hash + text(2)) });
    expect(await lake.auditOf(ENTITY)).toEqual([record(1), record(2)]);
    expect(await lake.verifyAudit()).toEqual([]);
  }));

test('the same record again gives the same document; another one at its place is refused', () =>
  withLake(async (lake) => {
    await append(lake, [1, 2]);
    const again = await lake.appendAudit(record(2));
    expect(again.record).toEqual(record(2));
    await expect(lake.appendAudit(record(2, { action: 'snooze' }))).rejects.toThrow(
      'Record 2 of alert/churn/drift is already "ack"; "snooze" cannot take its place.',
    );
    await expect(lake.appendAudit(record(4))).rejects.toThrow('came before record 3');
    await expect(lake.appendAudit(record(0))).rejects.toThrow('A sequence is 1, 2');
    expect(await lake.auditOf(ENTITY)).toHaveLength(2);
  }));

test('a changed record is named, and so is one whose hash was made to fit', () =>
  withLake(async (lake) => {
    await append(lake, [1, 2, 3]);
    const text = await readFile(fileOf(lake, 2), 'utf8');
    await writeFile(fileOf(lake, 2), text.replace('"ana"', '"bob"'));
    const fault = { entity: ENTITY, sequence: 2, fault: 'the record was changed' };
    expect(await lake.verifyAudit()).toEqual([fault]);
    await writeFile(fileOf(lake, 2), text.replace(/"previousHash":"\w+"/, '"previousHash":""'));
    expect(await lake.verifyAudit()).toEqual([fault]);
    const stored = JSON.parse(text) as { record: AuditRecord; previousHash: string };
    const forged = { ...stored.record, actor: { ...stored.record.actor, id: 'bob' } };
    const lines = { ...stored, record: forged };
    await rm(fileOf(lake, 2));
    await lake.appendAudit(lines.record);
    expect(await lake.verifyAudit()).toEqual([{ ...fault, sequence: 3 }]);
  }));

test('a record that is gone, or cannot be read, is named', () =>
  withLake(async (lake) => {
    await append(lake, [1, 2, 3]);
    await rm(fileOf(lake, 2));
    expect(await lake.verifyAudit()).toEqual([
      { entity: ENTITY, sequence: 2, fault: 'the record is missing' },
    ]);
    await writeFile(fileOf(lake, 2), '{');
    expect(await lake.verifyAudit()).toEqual([
      { entity: ENTITY, sequence: 2, fault: 'the record cannot be read' },
    ]);
  }));

test('a tail that is cut off is seen once an anchor sealed it', () =>
  withLake(async (lake) => {
    await append(lake, [1, 2]);
    await lake.sealAnchors('2026-11-21');
    await append(lake, [3, 4]);
    await lake.sealAnchors('2026-11-22');
    expect(await lake.verifyAudit()).toEqual([]);
    await rm(fileOf(lake, 4));
    await rm(fileOf(lake, 3));
    const fault = { entity: ENTITY, sequence: 3, fault: 'the record was cut off' };
    expect(await lake.verifyAudit()).toEqual([fault]);
    await lake.appendAudit(record(3, { action: 'resolve' }));
    expect(await lake.verifyAudit()).toEqual([{ ...fault, sequence: 4 }]);
    await lake.appendAudit(record(4));
    const changed = { entity: ENTITY, sequence: 4, fault: 'the record was changed' };
    expect(await lake.verifyAudit()).toEqual([changed]);
  }));

test('anchors are a chain: a changed one and a missing one are named', () =>
  withLake(async (lake) => {
    await append(lake, [1]);
    for (const day of ['2026-11-20', '2026-11-21', '2026-11-22']) await lake.sealAnchors(day);
    expect(await lake.verifyAudit()).toEqual([]);
    const middle = lake.store.location('anchors/2026-11-21.json');
    const text = await readFile(middle, 'utf8');
    await writeFile(middle, text.replace('"sequence":1', '"sequence":7'));
    expect(await lake.verifyAudit()).toContainEqual({
      entity: '2026-11-21',
      sequence: 0,
      fault: 'the anchor was changed',
    });
    await rm(middle);
    expect(await lake.verifyAudit()).toEqual([
      { entity: '2026-11-22', sequence: 0, fault: 'the anchor before it is missing' },
    ]);
  }));

test('the first seal of a day stands; an earlier day cannot be sealed after a later one', () =>
  withLake(async (lake) => {
    await append(lake, [1]);
    const first = await lake.sealAnchors('2026-11-22');
    await append(lake, [2]);
    expect(await lake.sealAnchors('2026-11-22')).toEqual(first);
    await expect(lake.sealAnchors('2026-11-21')).rejects.toThrow(/is sealed already/);
    await expect(lake.sealAnchors('today')).rejects.toThrow(/Expected a day as 2026-11-22/);
  }));
