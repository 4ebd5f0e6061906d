import { afterAll } from 'vitest';

/** What several tests of a file look at: made when the first of them asks, and then kept. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/**
 * As `once`, of what a `with…` helper lends: kept until the tests of the file are over. To be called
 * where the file begins.
 */
export function lentOnce<T>(
  lend: (run: (made: T) => Promise<void>) => Promise<void>,
): () => Promise<T> {
  let giveBack = () => {};
  let lent = Promise.resolve();
  afterAll(() => {
    giveBack();
    return lent;
  });
  return once(
    () =>
      new Promise<T>((resolve, reject) => {
        const over = new Promise<void>((end) => (giveBack = end));
        lent = lend((made) => {
          resolve(made);
          return over;
        });
        lent.catch(reject);
      }),
  );
}
