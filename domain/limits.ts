/**
 * One bound of a check. A number stands for `{ above }` or `{ below }`, whichever the check calls
 * worse; `drop` is the loss against the reference (0.02 absolute), `dropShare` relative (0.05).
 * Durations are milliseconds.
 */
export type Limit =
  | number
  | { above: number }
  | { below: number }
  | { drop: number }
  | { dropShare: number };

export interface Limits {
  warn: Limit | null;
  alert: Limit | null;
  /** Fewer rows on either side: unknown (insufficient_data); hard rules still speak. */
  minRows: number;
  /** `fixed`: the limits alone decide, without the significance gate; said in every finding. */
  rule: 'calibrated' | 'fixed';
}
