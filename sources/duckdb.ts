import { stat } from 'node:fs/promises';
import path from 'node:path';
import { formatDuration } from '../calendar/durations.js';
import { SourceError } from '../domain/source.js';
import type { DuckdbSource } from '../domain/source-spec.js';
import { locateSlices } from './pulled.js';
import type { Asked, Source } from './source.js';

const LOOK_MS = 5_000;

/** Rows of one select of a DuckDB file, which is opened read-only. */
export const duckdb: Source<DuckdbSource> = {
  kind: 'duckdb',
  locate(spec, asked, world) {
    const { path: database, table, query, time } = spec;
    return limited(spec, { asked, limit: spec.timeout }, (signal) =>
      locateSlices(
        // The file tells nothing of late rows: only what was pulled since `knownAt` is new enough.
        { spec, asked: { ...asked, signal }, world, overlap: Infinity, isTimed: time !== null },
        async (slices, pull) => {
          for (const slice of slices) {
            const cut = slice === null || time === null ? null : { time, ...slice };
            await pull(slice, async (tables, folder) => {
              const to = path.join(folder, '00000.parquet');
              return [await tables.ofDuckdb({ database, table, query, cut, to })];
            });
          }
        },
      ),
    );
  },
  async look(spec, asked, world) {
    const { path: database, table, query } = spec;
    const columns = await limited(spec, { asked, limit: LOOK_MS }, (signal) =>
      world.withTables((tables) => tables.columnsOfDuckdb({ database, table, query }), signal),
    );
    const names = columns.map(({ name }) => name);
    return { words: `${names.length} columns`, isEmpty: false, columns: names, files: [] };
  },
};

/** Runs with a limit; an error of the engine is said of the file. */
async function limited<T>(
  spec: DuckdbSource,
  { asked, limit }: { asked: Asked; limit: number },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const refuse = (what: string): SourceError => new SourceError(spec.path, null, what);
  const found = await stat(spec.path).catch(() => null);
  if (found?.isFile() !== true) throw refuse('no such file; expected a DuckDB file');
  const late = AbortSignal.timeout(limit);
  const signal = asked.signal === undefined ? late : AbortSignal.any([asked.signal, late]);
  try {
    return await run(signal);
  } catch (error) {
    asked.signal?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    if (late.aborted) {
      throw refuse(`it took longer than ${formatDuration(limit)}; expected less, or timeout:`);
    }
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    if (!/^[A-Z][A-Za-z ]+ Error: /.test(first)) throw error;
    throw refuse(/lock/i.test(first) ? LOCKED : `cannot be read as duckdb: ${first}`);
  }
}

const LOCKED =
  'another process has it open to write, which shuts it; expected a file that nobody writes, ' +
  'or a copy of it';
