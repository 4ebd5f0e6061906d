/** What the tests of a file share: the first that asks for it has it opened; `end` closes it. */
export interface OpenedOnce<T> {
  get(): Promise<T>;
  /** For `afterAll`. */
  end(): Promise<void>;
}

/** Of a helper that opens something for as long as what it is given takes. */
export function openedOnce<T>(
  withIt: (use: (it: T) => Promise<void>) => Promise<void>,
): OpenedOnce<T> {
  let close = (): void => undefined;
  let closed: Promise<void> = Promise.resolve();
  let it: Promise<T> | null = null;
  const open = (): Promise<T> =>
    new Promise((resolve, reject) => {
      closed = withIt((opened) => {
        resolve(opened);
        return new Promise((done) => (close = done));
      });
      closed.catch(reject);
    });
  return {
    get: () => (it ??= open()),
    end: async () => {
      close();
      await closed;
    },
  };
}
