import { withDuck } from './duck.js';
import type { Duck, DuckOptions } from './duck.js';

/** Lends a DuckDB for as long as `run` takes. */
export type WithDuck = <T>(run: (db: Duck) => Promise<T>) => Promise<T>;

interface Open {
  db: Promise<Duck>;
  close: () => void;
}

/** To open one takes longer than most that is read, and who reads often reads on. */
const KEPT_MS = 500;

/**
 * One DuckDB for all that read at the same time, or soon after: opened by the first, closed when
 * nobody has read for half a second, which the end of the process does not wait for.
 */
export function sharedDuck(options: DuckOptions): WithDuck {
  let users = 0;
  let open: Open | null = null;
  let closing: NodeJS.Timeout | undefined;
  const close = () => {
    open?.close();
    open = null;
  };
  return async (run) => {
    users++;
    clearTimeout(closing);
    open ??= start(options);
    const { db } = open;
    // one that did not open is of no use to the next
    db.catch(close);
    try {
      return await run(await db);
    } finally {
      users--;
      if (users === 0) closing = setTimeout(close, KEPT_MS).unref();
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
