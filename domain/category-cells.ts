/**
 * The categories of a reference that has many, as bits: one is set where the hash of a category
 * leads. Of the values that it lacks a share of `full` is taken for known ones.
 */
export interface CategoryCells {
  /** In base64, a power of two of them, at least 16 for a category and at most 2^24. */
  bits: string;
  /** How many of the last bits of a hash do not count. */
  shift: number;
  /** By what one knows an engine that hashes alike. */
  mark: number;
  /** Share of the bits that are set. */
  full: number;
  /** Share of the reference's values that are there once: as many are new in rows of the same. */
  once: number;
}
