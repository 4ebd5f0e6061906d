import type { TrainOn } from './advice.js';
import type { Duration, Instant } from './window.js';

/** What a trainer gives back: both models measured by it on one data set after trainedUntil. */
export interface TrainingResult {
  version: string;
  trainedUntil: Instant;
  /** Path of the new model's training rows, the next reference. */
  reference: string;
  /** Rows of the comparison. */
  rows: number;
  metrics: Readonly<Record<string, number>>;
  championMetrics: Readonly<Record<string, number>>;
  /** Which data both were measured on, in words. */
  data: string;
  /**
   * Paired difference challenger − champion of the gate's metric, better = positive: sums over
   * rows or bins, so that it has an interval. mean = sum / n.
   */
  difference: { metric: string; n: number; sum: number; squares: number };
  /** Training rows acted on that counted without a weight; absent: it does not say. */
  unweightedActed?: number | undefined;
}

export interface TrainingRequest {
  /** `ac-<request>-<evidence>`: the same approval never trains twice. */
  key: string;
  model: string;
  /** End of the newest window: no later row is trained on. */
  trainUntil: Instant;
  /** What to train on, as the approvers saw it; null: the advice says nothing of it. */
  trainOn: TrainOn | null;
  /** Why the person asked who opened the request by hand, else the evidence. */
  reason: string;
  /** What the advice rests on, in words; '' = it had found nothing. */
  evidence: string;
  timeout: Duration;
  callbackUrl: string | null;
  /** Hex HMAC key of the callback; derived, never stored. */
  callbackKey: string | null;
}

export type TrainingState =
  | { state: 'running'; progress: string | null }
  | { state: 'succeeded'; result: TrainingResult }
  | { state: 'failed'; reason: string }
  /** It was started and cannot be found. */
  | { state: 'lost'; reason: string };

/** How one kind of training job is started and followed. */
export interface Trainer {
  kind: 'command' | 'http';
  /** Starts the job, or finds the one that this key started; a repeat never starts a second. */
  start(request: TrainingRequest): Promise<{ ref: string; url: string | null }>;
  poll(ref: string): Promise<TrainingState>;
  cancel(ref: string): Promise<void>;
}

/** How training is started. Secrets stay references: `env:NAME` or `file:PATH`. */
export type TriggerSpec =
  | {
      kind: 'command';
      command: readonly string[];
      cwd: string | null;
      env: readonly string[];
      timeout: Duration;
    }
  | {
      kind: 'http';
      url: string;
      secret: string | null;
      /** JSON path of the run's reference in the answer, as `run.id`. */
      ref: string | null;
      /** Polled with `{ref}` in it; null: only the callback answers. */
      poll: { url: string; every: Duration } | null;
      timeout: Duration;
    };

/** In one currency, whichever; what a row costs by its class, of a binary model. */
export interface RetrainingCost {
  perRetraining: number;
  perFalsePositive: number;
  perFalseNegative: number;
  /**
   * Share of what mistakes cost beyond the reference that a retraining takes away, (0, 1]; null:
   * what past ones brought back says it.
   */
  recovers: number | null;
  /** What is held against the cost of a retraining: what waiting is expected to, or what it has. */
  rule: 'expected' | 'cumulative';
}
