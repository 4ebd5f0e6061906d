import type { Located, Tables } from '../domain/source.js';
import type { SourceSpec } from '../domain/source-spec.js';
import type { Instant } from '../domain/window.js';

/** Which part of a source is asked for, and for whom. */
export interface Asked {
  /** [start, end); null: all of it. */
  span: { start: Instant; end: Instant } | null;
  /** IANA zone of the wall clock in `{date}` and `{hour}`. */
  timezone: string;
  /** Whose secrets may be used: the owner of the model. */
  owner: string;
  /** A copy that was made then or later is new enough; absent: only what is made now. */
  knownAt?: Instant;
  /** Ends what is under way. */
  signal?: AbortSignal;
}

/** What sources that lie elsewhere work with; `app` fills it in. */
export interface World {
  /** Folder of copies, for nobody else; they may be lost. */
  folder: string;
  clock: () => Instant;
  /** The value of `env:NAME` or `file:PATH`, if the owner's team may reach it. */
  secret(reference: string, owner: string): string;
  /** The one address of a host that may be called; throws for one that is not allowed. */
  address(url: URL): Promise<{ address: string; family: 4 | 6 }>;
  withTables<T>(run: (tables: Tables) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** What a look at a source found. */
export interface Seen {
  /** What is there, for people. */
  words: string;
  /** Nothing is there, which may be right. */
  isEmpty: boolean;
  /** Names of its columns; null: a look does not tell. */
  columns: readonly string[] | null;
  /** Some of its files, from which the columns can be read; [] where a look does not tell. */
  files: readonly string[];
}

/** One kind of source. */
export interface Source<Spec extends SourceSpec = SourceSpec> {
  kind: Spec['kind'];
  /**
   * The files with the rows of a span: those that lie here, or copies that are made now. Rows
   * beyond the span may be among them. Nothing there is no error. Throws SourceError for a source
   * that cannot be reached, is too slow, or is not whole: never part of the rows. A repeat after
   * any end, kill -9 too, finds or makes the same.
   */
  locate(spec: Spec, asked: Asked, world: World): Promise<Located>;
  /** Reaches for it without its rows, within seconds. Throws SourceError when it cannot. */
  look(spec: Spec, asked: Asked, world: World): Promise<Seen>;
}
