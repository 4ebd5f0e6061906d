import type { Finding, Mark, Verdict } from './finding.js';
import type { ReferencePin } from './model.js';
import type { Profile } from './profile.js';
import type { Instant, Window } from './window.js';

/** A file as it was when it was read. */
export interface ManifestFile {
  path: string;
  bytes: number;
  modified: Instant;
  /**
   * sha256 of the Parquet footer, of the whole of a small text file, or of what names rows that
   * were pulled; null when unread.
   */
  footer: string | null;
}

/** Where the rows of a window are: files that can be read again, or the rows that were landed. */
export interface Manifest {
  files: readonly ManifestFile[];
  /** Name of a joined source → its files; absent: none was joined. */
  joins?: Readonly<Record<string, readonly ManifestFile[]>>;
  /** In words: which rows of the files belong to the window. */
  predicate: string;
  rows: number;
  /** Lake key of landed rows (Parquet, sorted by event time); null: read the files. */
  landed: string | null;
}

/** One evaluation of one window, as computed, before it is committed. */
export interface Evaluation {
  model: string;
  window: Window;
  revision: number;
  /** `<model>@<window end>/<revision>` */
  run: string;
  at: Instant;
  knownAt: Instant;
  /** Fingerprints. */
  monitor: string;
  reference: string | null;
  manifest: Manifest | null;
  labels: Manifest | null;
  profile: Profile | null;
  /** Coarse counts of the profile's columns, as `coarsen` makes them; absent: never made. */
  coarse?: Profile['columns'];
  /** Parts of the same rows, coarse: a profile for each slice. */
  slices: readonly Profile[];
  findings: readonly Finding[];
  /** A failure of the source, in words with file and column; every finding is unknown (error). */
  error: string | null;
  /** What to know beside the findings, as a source file that changed; absent: nothing. */
  notes?: readonly string[];
}

/** The document, put if absent, that makes an evaluation visible. */
export interface Commit {
  version: 1;
  model: string;
  window: Window;
  revision: number;
  run: string;
  at: Instant;
  knownAt: Instant;
  committedAt: Instant;
  monitor: string;
  reference: string | null;
  /** Lake keys: the evaluation's file and, of a label-only revision, the older profile's. */
  file: string;
  profileFile: string | null;
  rows: number;
  verdict: Verdict;
  counts: Record<Verdict, number>;
  marks: readonly Mark[];
  error: string | null;
  /** Why it was given up without a look at its rows; null: it was evaluated. */
  notEvaluated: string | null;
  /** Labels were mature when it was judged. */
  mature: boolean;
  /** What to know of the files that were read; absent: nothing. */
  notes?: readonly string[];
  /** The reference as it was pinned then; absent: none was, or an older program made this. */
  pin?: ReferencePin;
  /** Version of the program that made it; absent: it was not noted. */
  program?: string;
}
