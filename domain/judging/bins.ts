import type { Counts } from '../profile.js';

/** One bin of a coarse distribution, with the rows of both sides. */
export interface Bin {
  /** For people: `AA`, `12.5 … 17.0`, `missing`. */
  label: string;
  kind:
    | 'range'
    | 'atom'
    | 'under'
    | 'over'
    | 'category'
    | 'other'
    | 'unseen'
    | 'missing'
    | 'notFinite';
  reference: number;
  current: number;
}

/** The coarse bins of a column, before any rows are put in. */
export interface Layout {
  bins: readonly Pick<Bin, 'label' | 'kind'>[];
  /** Rows of each bin. Fine, coarse and exact counts of the same rows give the same. */
  rows(counts: Counts): Float64Array;
  /** The bin of a fine cell (BIN), or of a category; -1: it has none. */
  slotOf(key: number | string): number;
}
