import type { Monitor } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import type { Located, LocatedJoin } from '../domain/source.js';
import type { FileKind, SourceSpec } from '../domain/source-spec.js';
import { csv } from './csv.js';
import { nothingAt } from './files.js';
import { sources } from './index.js';
import { jsonl } from './jsonl.js';
import { parquet } from './parquet.js';
import type { Asked, Seen, Source, World } from './source.js';

/** What the rows of a monitor are asked for with: its zone, and whose secrets may be used. */
export function askedOf(
  { windows, model }: Monitor,
  span: Asked['span'],
): Pick<Asked, 'span' | 'timezone' | 'owner'> {
  return { span, timezone: windows.timezone, owner: model.owners.model };
}

/**
 * `Source.locate` of whatever kind a source is, and of what joins it: a joined source without a
 * file is a SourceError. Files of this machine need no world.
 */
export async function locate(
  spec: SourceSpec,
  asked: Omit<Asked, 'owner'> & Partial<Pick<Asked, 'owner'>>,
  world: World = nowhere,
): Promise<Located> {
  const found = await sourceOf(spec).locate(spec, { owner: '', ...asked }, world);
  const shaped = spec.shape === undefined ? found : { ...found, shape: spec.shape };
  const { joins } = spec;
  // Without a file there is no row to join.
  if (joins === undefined || found.files.length === 0) return shaped;
  const joined: LocatedJoin[] = [];
  for (const { from, ...join } of joins) {
    const located = await locate(from, asked, world);
    if (located.files.length === 0) {
      const why = await nothingAt(from.path, `the rows of joins.${join.name}`);
      throw new SourceError(from.path, null, why);
    }
    joined.push({ ...join, located });
  }
  return { ...shaped, joins: joined };
}

/** `Source.look` of whatever kind a source is. */
export async function look(spec: SourceSpec, asked: Asked, world: World): Promise<Seen> {
  return sourceOf(spec).look(spec, asked, world);
}

/** Sizes of files that are whole, as far as their first and last bytes tell; else as `locate`. */
export async function glance(kind: FileKind, file: string): Promise<number> {
  const found = { parquet, csv, jsonl }[kind];
  return found.glance(file);
}

function sourceOf({ kind }: SourceSpec): Source {
  const source = sources.find((one) => one.kind === kind);
  if (source === undefined) throw new TypeError(`Unknown source kind "${kind}".`);
  return source;
}

const unreachable = (): never => {
  throw new TypeError('This source lies elsewhere, and nobody said how to reach it.');
};

const nowhere: World = {
  get folder() {
    return unreachable();
  },
  clock: unreachable,
  secret: unreachable,
  address: unreachable,
  withTables: unreachable,
};
