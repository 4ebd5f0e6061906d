import { setTimeout as sleep } from 'node:timers/promises';

/** Says that the server is away, once, and that it is back, once. */
export interface AwayWatch {
  /**
   * A call was tried again and again. Whether that is news: while an earlier one is looked into,
   * and while the server is away, it is not.
   */
  noteRetry: () => boolean;
  stop(): void;
}

/**
 * Asks the server itself before it says that it is away: one slow call is no outage. `asks` rejects
 * when it does not answer; while it is away it is asked every `every` ms.
 */
export function watchAway(options: {
  asks: () => Promise<void>;
  say: (state: 'away' | 'back') => void;
  every: number;
}): AwayWatch {
  const { asks, say, every } = options;
  const stopping = new AbortController();
  const answers = (): Promise<boolean> =>
    asks().then(
      () => true,
      () => false,
    );
  const tell = (state: 'away' | 'back'): void => {
    if (!stopping.signal.aborted) say(state);
  };
  const follow = async (): Promise<void> => {
    if (await answers()) return;
    tell('away');
    do await sleep(every, null, { signal: stopping.signal });
    while (!(await answers()));
    tell('back');
  };
  let following: Promise<void> | null = null;
  return {
    noteRetry: () => {
      if (stopping.signal.aborted || following !== null) return false;
      following = follow()
        .catch(() => undefined) // stopped while asleep
        .finally(() => (following = null));
      return true;
    },
    stop: () => stopping.abort(),
  };
}
