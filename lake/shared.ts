import { withDuck } from './duck.js';
import type { Duck, DuckOptions } from './duck.js';

/** Lends a DuckDB for as long as `run` takes. */
export type WithDuck = <T>(run: (db: Duck) => Promise<T>) => Promise<T>;

interface Open {
  db: Promise<Duck>;
  close: () => void;
}

/** One DuckDB for all that read at the same time; opened by the first, closed by the last. */
export function sharedDuck(options: DuckOptions): WithDuck {
  let users = 0;
  let open: Open | null = null;
  return async (run) => {
    users++;
    open ??= start(options);
    const mine = open;
    try {
      return await run(await mine.db);
    } finally {
      users--;
      if (users === 0) {
        open = null;
        mine.close();
      }
    }
  };
}

function start(options: DuckOptions): Open {
  let close = () => {};
  const closed = new Promise<void>((resolve) => (close = resolve));
  const db = new Promise<Duck>((resolve, reject) => {
    withDuck(options, async (duck) => {
      resolve(duck);
      await closed;
    }).catch(reject);
  });
  return { db, close };
}
