import type { AbsentLabels } from './absent-labels.js';
import type { RetrainingCost, TriggerSpec } from './retraining.js';
import type { ActionColumns } from './action.js';
import type { AlertPolicy } from './alert-policy.js';
import type { ArmColumn } from './arm.js';
import type { KnownEvent } from './known-event.js';
import type { LabelSourceColumn } from './label-source.js';
import type { Arrival } from './late.js';
import type { Limit } from './limits.js';
import type { Task } from './model.js';
import type { Owners } from './owners.js';
import type { Prediction } from './prediction.js';
import type { Reviewed } from './score.js';
import type { MetricsSource } from './series.js';
import type { SourceSpec } from './source-spec.js';
import type { TrafficColumn } from './traffic.js';
import type { Duration, Instant, WindowGrid } from './window.js';

export type { AbsentLabels, SourceSpec };

export interface FeatureOverride {
  /** null: as the data tell. */
  type: 'numeric' | 'categorical' | 'text' | 'vector' | null;
  /** Share of importance, 0 to 1; null = unknown. */
  importance: number | null;
  /** Upstream source, for grouping. */
  source: string | null;
  /** What values cannot be below or above, whatever the reference has; absent: nobody says. */
  min?: number;
  max?: number;
}

/** The column of event times where rows have none: their number in the files. */
export const ROW_NUMBER = '#row';

export interface Columns {
  id: readonly string[];
  timestamp: { column: string; timezone: string };
  /** Columns that together name whom a row is about, as a customer; absent: nobody says. */
  entity?: readonly string[];
  prediction: Prediction | null;
  version: string | null;
  /** Column that names the upstream source of a whole row; null: nobody says. */
  rowSource: string | null;
  /** Column of what a row shows or allots to somebody; absent: nobody says, but a ranking. */
  item?: string;
  /** Column of the group, as a region, that decisions are allocated to; absent: nobody says. */
  group?: string;
  /** Column of what a row weighs, >= 0, in metrics that are weighted; it may be a feature, too. */
  weight?: string;
  /** Absent: nobody says who lives without the model. */
  arm?: ArmColumn;
  /** Absent: every row is live. */
  traffic?: TrafficColumn;
  /** Absent: nobody says what the answers led to. */
  action?: ActionColumns;
  features: {
    /** '*' = every column that has no role. */
    include: '*' | readonly string[];
    exclude: readonly string[];
    overrides: Readonly<Record<string, FeatureOverride>>;
  };
}

/** Label values that count as positive where nobody says which do, and then as negative. */
export const USUAL_LABELS = { positive: ['1', 'true'], negative: ['0', 'false', '-1'] } as const;

export interface LabelSource {
  name: string;
  /** null: the label is a column of the predictions themselves. */
  from: SourceSpec | null;
  /** Prediction column → label column. */
  on: Readonly<Record<string, string>>;
  /** The first label of the key counts from the event time on, so long; absent: the key's own. */
  within?: Duration;
  value: string;
  /** Values that count as positive, as text; [] for regression. */
  positive: readonly string[];
  /** Column with the instant when the label became known; null: known once mature. */
  timestamp: string | null;
  matureAfter: Duration;
  /** What no label means; absent: nothing, the row is unknown. */
  absent?: AbsentLabels;
  /** Share of the rows, 0 to 1, that have to have a label then; absent: nobody says. */
  minCoverage?: number;
  /** Absent: nobody says who made a label. */
  labelSource?: LabelSourceColumn;
}

/** Labels beside the target's: quick ones, or of people who saw what was decided. */
export type StandIn = LabelSource & { role: 'early_proxy' | 'review' };

export interface ReferenceSpec {
  /** What windows are compared with; null: the rows of the first window. */
  drift: ReferenceSource | null;
  /** Further references by name, for checks that say `against`. */
  others: Readonly<Record<string, ReferenceSource>>;
  /** Where the limits of `drop` come from: the drift reference's own held-out labels, or the
   * first mature windows of this length. */
  performance: { kind: 'held_out' } | { kind: 'first_mature'; size: Duration } | null;
}

/** Which rows a window is compared with. */
export type ReferenceSource =
  /**
   * A training file: rows the model was trained on, or held out beside them. `weight`: the column
   * of what each of them weighed in training, that they are counted by; absent: all the same.
   */
  | { kind: 'training'; from: SourceSpec; trainedUntil: Instant | null; weight?: string }
  /** The predictions of a fixed time, [start, end). */
  | { kind: 'window'; start: Instant; end: Instant }
  /** The last windows before the one that is judged; with `weekday`: those of its weekday only. */
  | { kind: 'rolling'; windows: number; weekday: boolean }
  /** The window before the one that is judged; with `weekday`: the last of its weekday. */
  | { kind: 'previous'; weekday: boolean }
  /** The predictions of another model version in a fixed time, [start, end). */
  | { kind: 'version'; version: string; start: Instant; end: Instant }
  /** The same window's rows of one value of a segment. */
  | { kind: 'segment'; segment: string; value: string };

/** A named way to part the rows; each part is profiled and judged beside the whole. */
export interface Segment {
  name: string;
  /** A column, or an expression of the user's over the source's own columns. */
  by: string;
  /** So many values, the largest ones; the others are one part, `other`. */
  top: number;
  /** Smaller parts are not judged. */
  minRows: number;
}

/** One entry of `checks:`, with the check's defaults under it. */
export interface CheckSpec {
  check: string;
  /** What its findings are called where one check is asked twice; null = the check's name. */
  name: string | null;
  /** The reference that it compares with, a name of `reference.others`; null = the drift one. */
  against: string | null;
  /** Columns or metrics; null = all that it applies to. */
  targets: readonly string[] | null;
  warn: Limit | null;
  alert: Limit | null;
  minRows: number;
  rule: 'calibrated' | 'fixed';
  /** `for: n`: windows running; null = the check's patience. */
  running: number | null;
  /** Look only once in this time; null = every window. */
  every: Duration | null;
  /** The check's own parameters. */
  params: Readonly<Record<string, unknown>>;
}

/** What a monitor file says, with every default filled in: what `apply` publishes. */
export interface Monitor extends Arrival {
  version: 1;
  model: { id: string; task: Task; owners: Owners; tags: readonly string[] };
  schedule: { lag: Duration; catchup: Duration };
  windows: WindowGrid & { minRows: number };
  predictions: SourceSpec;
  columns: Columns;
  labels: LabelSource | null;
  /** Labels beside those; absent: none. */
  standIns?: readonly StandIn[];
  /** Servers that know how the system does; absent: none. */
  metrics?: readonly MetricsSource[];
  reference: ReferenceSpec;
  segments: readonly Segment[];
  events: readonly KnownEvent[];
  checks: readonly CheckSpec[];
  retraining: RetrainingPolicy | null;
  alerts: AlertPolicy;
}

export interface RetrainingPolicy {
  metric: string;
  cooldown: Duration;
  approvals: {
    quorum: readonly { role: string; count: number }[];
    fourEyes: 'auto' | 'off';
    expires: Duration;
    reminders: readonly Duration[];
    cooling: Duration;
  };
  trigger: TriggerSpec | null;
  gate: { metric: string; margin: number };
  /** What training does with rows whose label the model's own acts made; absent: nothing. */
  loop?: { handling: 'ipw' | 'exclude_acted'; reviewed?: Reviewed };
  /** What mistakes and retrainings cost; absent: nobody says, and skill decides. */
  cost?: RetrainingCost;
}
