import os from 'node:os';
import path from 'node:path';
import type { AuditRecord, DeliveryRecord } from '../domain/audit.js';
import type { Finding } from '../domain/finding.js';
import type { AcceptedLevel } from '../domain/level.js';
import type { ModelHead } from '../domain/model.js';
import type { Profile } from '../domain/profile.js';
import type { Commit, Evaluation } from '../domain/run.js';
import type { RegisteredVersion } from '../domain/version.js';
import type { Instant } from '../domain/window.js';
import { appendAudit, auditOf, sealAnchors, verifyAudit } from './audit.js';
import type { Anchor, AuditFault, ChainedRecord } from './audit.js';
import type { Row } from './ask.js';
import { commit, committedModels, commitOf, commitsOf, newest, revisionsOf } from './commits.js';
import type { Span } from './commits.js';
import { compact } from './compact.js';
import type { Compaction } from './compact.js';
import { deliveriesOf, deliveryState, putDelivery } from './deliveries.js';
import type { Duck, DuckOptions } from './duck.js';
import * as evaluations from './evaluations.js';
import type { Detail } from './evaluations.js';
import { folderStore } from './folder.js';
import { gc } from './gc.js';
import * as heads from './heads.js';
import type { EntityHead } from './heads.js';
import { getObject, putObject } from './objects.js';
import type { ObjectKind } from './objects.js';
import { ACCEPTED, putOnce, VERSIONS, writtenOnce } from './once.js';
import { rowsOnce } from './rows-once.js';
import { sharedDuck } from './shared.js';
import type { Store } from './store.js';
import { verifyLake } from './verify.js';
import type { Harmless, LakeReport, VerifyOptions } from './verification.js';

/** All that the lake can do. Each verb is explained where it is written. */
export interface Lake {
  root: string;
  store: Store;

  putObject(kind: ObjectKind, value: unknown): Promise<string>;
  getObject<T>(kind: ObjectKind, fingerprint: string): Promise<T>;

  writeEvaluation(db: Duck, evaluation: Evaluation, attempt: string): Promise<string>;
  readEvaluation(key: string, detail?: Detail): Promise<Evaluation>;
  /** With `db`, which is open already, rather than the lake's own. */
  readEvaluations(keys: readonly string[], detail?: Detail, db?: Duck): Promise<Evaluation[]>;
  /** Coarse profiles, in the order of the commits, in one query; null: there is none. */
  coarseProfiles(commits: readonly Commit[]): Promise<(Profile | null)[]>;
  /** As `coarseProfiles`, with those of the slices behind the one of all rows; [] for null. */
  coarseParts(commits: readonly Commit[]): Promise<Profile[][]>;
  coarseProfile(commit: Commit): Promise<Profile | null>;
  /** The whole profile, of a label-only revision with the columns of the older one. */
  profileOf(commit: Commit): Promise<Profile | null>;
  putRows(of: Pick<Evaluation, 'model' | 'window' | 'revision'>, file: string): Promise<string>;
  /** Moves a local file in; false when the key was taken. */
  putFile(key: string, file: string): Promise<boolean>;
  findingsOf(model: string, span?: Span): Promise<Row[]>;
  findingsBy(
    keys: readonly string[],
    checks: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Finding[]>>;

  commit(made: Commit): Promise<Commit>;
  commitOf(model: string, end: Instant, revision?: number): Promise<Commit | null>;
  commitsOf(model: string, span?: Span): Promise<Commit[]>;
  revisionsOf(model: string, span?: Span): Promise<Commit[]>;
  newest(model: string, n: number, span?: Span): Promise<Commit[]>;
  models(): Promise<string[]>;

  readHead<T>(name: string): Promise<T | null>;
  updateHead<T>(name: string, change: (old: T | null) => T): Promise<T>;
  putEntityHead(entity: string, sequence: number, value: unknown): Promise<boolean>;
  readEntityHead<T>(entity: string): Promise<T | null>;
  listEntityHeads<T>(prefix: string): Promise<EntityHead<T>[]>;
  listModelHeads(): Promise<ModelHead[]>;

  appendAudit(record: AuditRecord): Promise<ChainedRecord>;
  auditOf(entity: string): Promise<AuditRecord[]>;
  sealAnchors(day: string): Promise<Anchor>;
  verifyAudit(): Promise<AuditFault[]>;

  putAccepted(level: AcceptedLevel): Promise<AcceptedLevel>;
  acceptedOf(model: string): Promise<AcceptedLevel[]>;

  putVersion(version: RegisteredVersion): Promise<RegisteredVersion>;
  versionsOf(model: string): Promise<RegisteredVersion[]>;

  putDelivery(record: DeliveryRecord): Promise<void>;
  deliveriesOf(entity: string): Promise<DeliveryRecord[]>;
  deliveryState(entity: string, deliveryId: string): Promise<DeliveryRecord | null>;

  compact(model: string, now: Instant): Promise<Compaction>;
  verify(options?: VerifyOptions): Promise<LakeReport>;
  gc(report: LakeReport, now: Instant): Promise<Harmless[]>;
}

/**
 * The lake in a folder, which the first write makes. Opens nothing: verbs that read Parquet share a
 * small DuckDB of the lake's own while they run.
 */
export function openLake(root: string, duck: Partial<DuckOptions> = {}): Lake {
  const store = folderStore(root);
  const tempDirectory = path.join(os.tmpdir(), `aftercare-lake-${process.pid}`);
  const withDb = sharedDuck({ threads: 2, memoryLimitMb: 256, tempDirectory, ...duck });
  return {
    root,
    store,
    ...parquetVerbs(store, withDb),
    putObject: (kind, value) => putObject(store, kind, value),
    getObject: (kind, fingerprint) => getObject(store, kind, fingerprint),
    putRows: (of, file) => evaluations.putRows(store, of, file),
    putFile: (key, file) => store.putFileIfAbsent(key, file),
    commit: (made) => commit(store, made),
    commitOf: (model, end, revision) => commitOf(store, model, { end, revision }),
    commitsOf: (model, span) => commitsOf(store, model, span),
    revisionsOf: (model, span) => revisionsOf(store, model, span),
    newest: (model, n, span) => newest(store, model, { n, ...span }),
    models: () => committedModels(store),
    readHead: (name) => heads.readHead(store, name),
    updateHead: (name, change) => heads.updateHead(store, name, change),
    putEntityHead: (entity, sequence, value) =>
      heads.putEntityHead(store, { entity, sequence, value }),
    readEntityHead: (entity) => heads.readEntityHead(store, entity),
    listEntityHeads: (prefix) => heads.listEntityHeads(store, prefix),
    listModelHeads: () => heads.listModelHeads(store),
    appendAudit: (record) => appendAudit(store, record),
    auditOf: (entity) => auditOf(store, entity),
    sealAnchors: (day) => sealAnchors(store, day),
    verifyAudit: () => verifyAudit(store),
    putAccepted: (level) => putOnce(store, ACCEPTED, level),
    acceptedOf: (model) => writtenOnce(store, ACCEPTED, model),
    putVersion: (version) => putOnce(store, VERSIONS, version),
    versionsOf: (model) => writtenOnce(store, VERSIONS, model),
    putDelivery: (record) => putDelivery(store, record),
    deliveriesOf: (entity) => deliveriesOf(store, entity),
    deliveryState: (entity, deliveryId) => deliveryState(store, entity, deliveryId),
    gc: (report, now) => gc(store, report, now),
  };
}

type ParquetVerb =
  | 'writeEvaluation'
  | 'readEvaluation'
  | 'readEvaluations'
  | 'coarseProfiles'
  | 'coarseProfile'
  | 'coarseParts'
  | 'profileOf'
  | 'findingsBy'
  | 'findingsOf'
  | 'compact'
  | 'verify';

function parquetVerbs(
  store: Store,
  withDb: ReturnType<typeof sharedDuck>,
): Pick<Lake, ParquetVerb> {
  const readAll = (keys: readonly string[], detail?: Detail, own?: Duck) => {
    const read = (db: Duck) => evaluations.readEvaluations({ store, db }, keys, detail);
    return own === undefined ? withDb(read) : read(own);
  };
  const readRows = rowsOnce((keys, db) => readAll(keys, 'rows', db));
  const coarseParts = async (commits: readonly Commit[]) => {
    const wanted = commits.map(({ file }) => file).filter((key) => key !== '');
    const read = await readAll(wanted, 'coarse');
    const found = new Map(wanted.map((key, index) => [key, read[index]]));
    return commits.map(({ file }) => {
      const { profile = null, slices = [] } = found.get(file) ?? {};
      return profile === null ? [] : [profile, ...slices];
    });
  };
  const coarseProfiles = async (commits: readonly Commit[]) =>
    (await coarseParts(commits)).map(([profile]) => profile ?? null);
  const profileOf = async ({ file, profileFile }: Commit): Promise<Profile | null> => {
    if (file === '') return null;
    const keys = profileFile === null ? [file] : [file, profileFile];
    const read = await readAll(keys);
    const [own, older] = read.map(({ profile }) => profile);
    if (own == null) return null;
    return profileFile === null ? own : { ...own, columns: older?.columns ?? {} };
  };
  return {
    writeEvaluation: (db, evaluation, attempt) =>
      evaluations.writeEvaluation({ store, db }, evaluation, attempt),
    readEvaluation: (key, detail) =>
      withDb((db) => evaluations.readEvaluation({ store, db }, key, detail)),
    readEvaluations: (keys, detail, db) =>
      detail === 'rows' ? readRows(keys, db) : readAll(keys, detail, db),
    coarseParts,
    coarseProfiles,
    profileOf,
    coarseProfile: async (one) => (await coarseProfiles([one]))[0] ?? null,
    findingsBy: (keys, checks) =>
      withDb((db) => evaluations.findingsBy({ store, db }, keys, checks)),
    findingsOf: (model, span) => withDb((db) => evaluations.findingsOf({ store, db }, model, span)),
    compact: (model, now) => withDb((db) => compact({ store, db }, model, now)),
    verify: (options) => withDb((db) => verifyLake({ store, db }, options)),
  };
}
