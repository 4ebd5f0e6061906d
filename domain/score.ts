import type { Arm } from './arm.js';
import type { AcceptedLevel } from './level.js';
import type { Counts, Grid, Profile } from './profile.js';
import type { Slice } from './slice.js';
import type { Instant, Window } from './window.js';

export interface Key {
  check: string;
  /** Column, metric or `rows`: what is asked about. */
  target: string;
  slice: Slice;
}

export type UnknownReason =
  | 'insufficient_data'
  | 'immature'
  | 'no_reference'
  | 'not_applicable'
  | 'not_evaluated'
  | 'label_fault'
  | 'error';

/** What a check measured: a number with its uncertainty, or the reason why there is none. */
export interface Reading {
  value: number | null;
  low: number | null;
  high: number | null;
  /** `confidence`: 95 % unless details.level says otherwise; `bounds`: certain. */
  interval: 'confidence' | 'bounds' | null;
  pValue: number | null;
  nCurrent: number;
  nReference: number;
  reason: UnknownReason | null;
  /** A broken hard rule, whatever the limits say: its name, as `column missing`. */
  hard: string | null;
  details: Record<string, unknown>;
}

/** The number, with its counts, interval, p-value and the run that it comes from. */
export interface Score extends Key, Reading {
  run: string;
  window: Window;
  revision: number;
}

/** What training does with rows acted on, and the version whose training says that it did. */
export interface Handled {
  handling: 'ipw' | 'exclude_acted';
  version: string;
  /** Check → the effect as it was reviewed; beyond it is not handled. Absent: all is. */
  reviewed?: Reviewed;
}

export type Reviewed = Readonly<Record<string, readonly [from: number, to: number]>>;

/** What the model is, beside its rows. */
export interface Facts {
  version: string | null;
  trainedUntil: Instant | null;
  /** Since when this version answers, where it was promoted; null: nobody said. Absent: neither. */
  answersSince?: Instant | null;
  /** How long after the window's end its labels are complete, in ms; 0 = no labels. */
  matureAfter: number;
  /** Share of the rows that have to have a label once mature, 0 to 1; absent: nobody says. */
  minCoverage?: number;
  /** Training handles what acting makes of labels; absent: it does not, or nobody said. */
  handled?: Handled;
}

/** Rows by the values of one dimension: where they came from, which version answered. */
export interface Mix {
  /** By `value`. */
  current: Counts;
  reference: Counts | null;
  periods: readonly { counts: Counts; weekday: number }[];
}

/** A metric on one window whose labels are mature. */
export interface PastValue {
  window: Window;
  value: number;
  /** Labelled rows that it counts. */
  n: number;
}

/** A metric on the window under judgement and on those before it, of one model version. */
export interface History {
  metric: string;
  worse: 'higher' | 'lower' | 'either';
  /** On the window itself; without a value the reason says why. */
  now: Reading;
  /** The first windows of the version, 28 at most, oldest first: what is usual. */
  first: readonly PastValue[];
  /** The newest windows before this one, 90 at most, oldest first. */
  recent: readonly PastValue[];
  /** Value at which the monitor's worst limit of the metric is reached; null: it has none. */
  threshold: number | null;
}

/** A window by the arms of a holdout; null: no row is of that arm. */
export interface Arms extends Record<Arm, Evidence | null> {
  /** What the arms are compared in: the features. */
  features: readonly string[];
  /** Column of the prediction; null: there is none, or it says nothing of a row alone. */
  prediction: string | null;
}

/** All that a check may see. */
export interface Evidence {
  at: Instant;
  knownAt: Instant;
  grid: Grid;
  current: Profile;
  reference: Profile | null;
  /**
   * What metrics are held against, its outcomes alone; null: it is not there yet. Absent: the
   * reference.
   */
  performance?: Profile | null;
  /** What the reference is, in words; absent: the one that the model's drift is held against. */
  versus?: string;
  /** Other references by name, on the same grid. */
  references: Readonly<Record<string, Profile>>;
  /**
   * What is usual, coarse: the reference cut like the window, or the first live windows; [] while
   * nobody knows.
   */
  periods: readonly Profile[];
  /** Where the periods come from. */
  usual: 'reference' | 'live' | null;
  /** This version's windows as of knownAt, oldest first, at most 90. */
  earlier: readonly Profile[];
  /**
   * Windows before this one with what was asked of them, oldest first: the last 28, and the one of
   * a week before. Absent: `earlier` has it.
   */
  answers?: readonly Profile[];
  facts: Facts;
  /**
   * Windows of this version with mature labels, rows and outcomes alone: its first 28, and the
   * newest 90 before this one; absent: no check asks.
   */
  labelled?: { first: readonly Profile[]; recent: readonly Profile[] };
  /**
   * All windows of `labelled`, oldest first, with what was asked of them alone; absent: no check
   * asks.
   */
  delays?: readonly Profile[];
  /** Of the target, for a check over metrics; absent: for any other. */
  history?: History;
  /**
   * The first window that live rows were judged by what the model learnt from, coarse; null: it is
   * this one. Absent: something else is the measure, or nobody watches the model yet.
   */
  first?: Profile | null;
  /** Levels that people accepted, of this model; absent: none. */
  accepted?: readonly AcceptedLevel[];
  /** Rows by the values of a dimension, `row_source` or `version`; absent: none. */
  mixes?: Readonly<Record<string, Mix>>;
  /** The rows by what the monitor calls segments; absent: these are a part of the rows. */
  segments?: readonly Evidence[];
  /** The rows by arm; absent: the monitor names none, or these are a part of the rows. */
  arms?: Arms;
  /**
   * All rows of the files that a numbered window was cut from, the window's among them; absent:
   * windows are cut by time.
   */
  around?: Profile | null;
  /** `exact`: columns are counted value by value, on both sides; absent: by cells of the grid. */
  binning?: 'exact';
}
