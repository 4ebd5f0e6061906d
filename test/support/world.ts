import { join } from 'node:path';
import type { Instant } from '../../domain/window.js';
import { SourceError } from '../../domain/source.js';
import { withTables } from '../../lake/tables.js';
import { checkedAddress, systemResolver } from '../../notifiers/network-guard.js';
import type { World } from '../../sources/source.js';

/** How a test's sources are reached: secrets by their names, a clock that the test moves. */
export interface TestWorld extends World {
  now: Instant;
  secrets: Record<string, string>;
  allowPrivate: boolean;
  /** Rows that were written of CSV so far. */
  rows: number;
}

export function testWorld(folder: string): TestWorld {
  const tempDirectory = join(folder, 'tables');
  const world: TestWorld = {
    folder: join(folder, 'copies'),
    now: Date.UTC(2026, 2, 10),
    secrets: {},
    allowPrivate: true,
    rows: 0,
    clock: () => world.now,
    secret(reference) {
      const value = world.secrets[reference];
      if (value === undefined) throw new SourceError(reference, null, 'is not set');
      return value;
    },
    address: (url) =>
      checkedAddress(url, { allowPrivate: world.allowPrivate, resolve: systemResolver }),
    withTables: (run, signal) =>
      withTables(
        { threads: 1, memoryLimitMb: 200, tempDirectory, ...(signal && { signal }) },
        (tables) =>
          run({
            ...tables,
            ofCsv: async (csv) => {
              const landed = await tables.ofCsv(csv);
              world.rows += landed.rows;
              return landed;
            },
          }),
      ),
  };
  return world;
}
