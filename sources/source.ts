import type { SourceSpec } from '../domain/monitor.js';

/** How files of one kind are recognised again. */
export interface Source {
  kind: SourceSpec['kind'];
  /**
   * The file can be read again cheaply and in part: its window is a manifest. Otherwise the rows
   * of a window are landed once.
   */
  rereadable: boolean;
  /** Throws SourceError when the first or last bytes of a file say that it is not whole. */
  glance(file: { path: string; bytes: number }): Promise<void>;
  /**
   * sha256 (hex) of what tells the content apart; null when the file is too large to say. Reads
   * only. Throws SourceError when the file is not whole.
   */
  fingerprint(file: { path: string; bytes: number }): Promise<string | null>;
}
