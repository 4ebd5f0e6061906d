import type { AlertEvent } from '../domain/alert.js';
import type { RetryPolicy } from '../domain/delivering/delivery.js';
import type { Category } from '../domain/finding.js';
import type { ModelHead } from '../domain/model.js';
import type { Notifier, Target } from '../domain/notice.js';
import type { Published } from '../domain/published.js';
import type { RetrainEvent } from '../domain/request.js';
import type { Trainer, TriggerSpec } from '../domain/retraining.js';
import type { Instant } from '../domain/window.js';
import type { Lake } from '../lake/lake.js';
import type { World } from '../sources/source.js';

/** How an activity reaches the entities: one message, started when it is not there. */
export interface Entities {
  tellAlert(model: string, category: Category, event: AlertEvent): Promise<void>;
  tellRetrain(model: string, event: RetrainEvent): Promise<void>;
}

/** What the activities are built over; `app` fills it in. */
export interface Deps {
  lake: Lake;
  clock: () => Instant;
  entities: Entities;
  /** The way to one channel kind, null when it is not configured. */
  notifier(channel: Target['channel']): Notifier | null;
  /** The trainer of a trigger; its secrets are those of the owner's team. */
  trainer(spec: TriggerSpec, owner: string): Trainer;
  /** Where a trainer may call back, and the key it signs with; null without a public address. */
  callback(trainingKey: string): { url: string; key: string } | null;
  /** This host's name: jobs of the command trainer run on `train@<host>`. */
  host: string;
  /** Folder for spilling and landing; emptied of what a killed process left. */
  scratch: string;
  duck: { threads: number; memoryLimitMb: number };
  /** How often and how long a delivery is tried; absent: as usual. */
  retry?: RetryPolicy;
  /** Version of this program, as `0.1.0`. */
  program: string;
  /** How sources that lie elsewhere are reached. */
  world: World;
  log(message: string, fields?: Record<string, unknown>): void;
}

/** Name of a model's head. */
export function modelHead(model: string): string {
  return `model/${model}`;
}

/** The head of a model that has a monitor; null: it was taken away, or never applied. */
export async function watchedHead(
  deps: Pick<Deps, 'lake'>,
  model: string,
): Promise<ModelHead | null> {
  const head = await deps.lake.readHead<ModelHead>(modelHead(model));
  return head === null || head.retiredAt !== null ? null : head;
}

/** What an evaluation needs: no way to people, to trainers or to Temporal. */
export type Measuring = Pick<
  Deps,
  'lake' | 'clock' | 'scratch' | 'duck' | 'program' | 'world' | 'log'
>;

/** The published monitor of a fingerprint: content-addressed, so it is kept for ever. */
export async function publishedOf(
  deps: Pick<Deps, 'lake'>,
  fingerprint: string,
): Promise<Published> {
  return deps.lake.getObject<Published>('monitor', fingerprint);
}

/** The zone that a model's windows are cut in, in which its people are told of instants. */
export async function timezoneOf(deps: Pick<Deps, 'lake'>, model: string): Promise<string> {
  const head = await deps.lake.readHead<ModelHead>(modelHead(model));
  return head === null ? 'UTC' : (await publishedOf(deps, head.monitor)).monitor.windows.timezone;
}
