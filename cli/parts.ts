import type { Context } from './context.js';

/** Something that runs until it is stopped. */
export interface Part {
  stop(): Promise<void>;
  /** Ends when the part ends by itself: then everything ends. */
  done: Promise<void>;
}

/** Starts parts one after another, each added when it is there; whether they then go on running. */
type Start = (add: (part: Part) => void) => Promise<'run' | 'stop'>;

/** A process that was interrupted before it had done what it was started for. */
const INTERRUPTED = 130;
const ENDS = { SIGINT: INTERRUPTED, SIGTERM: 0, SIGHUP: 129 } as const;

/**
 * Runs parts until Ctrl-C, SIGTERM, the end of the terminal, or until a part ends; then all stop,
 * the last one started first. A signal counts from before the first start on: during the starts
 * what is there stops and the rest ends with the process. A second signal ends it at once. The exit
 * code: 0, or 130 where it was interrupted.
 */
export async function runParts(
  { progress }: Pick<Context, 'progress'>,
  start: Start,
): Promise<number> {
  const parts: Part[] = [];
  const stopAll = async () => {
    for (const part of parts.splice(0).reverse()) await part.stop();
  };
  const { asked, off } = signals();
  try {
    const starting = start((part) => void parts.push(part));
    const started = await Promise.race([asked, starting]);
    if (typeof started === 'number') {
      starting.catch(() => undefined); // what it misses was taken away by us
      progress('stopping');
      await stopAll();
      // Starts that are under way would go on, and start more.
      process.exit(started === 0 ? INTERRUPTED : started);
    }
    if (started === 'stop') return 0;
    const ends = parts.map(({ done }) => done.then(() => 0));
    const code = await Promise.race([asked, ...ends]);
    progress('stopping');
    return code;
  } finally {
    await stopAll();
    off();
  }
}

/** The exit code that the first signal asks for. */
function signals(): { asked: Promise<number>; off: () => void } {
  const listeners: (() => void)[] = [];
  const asked = new Promise<number>((resolve) => {
    let isAsked = false;
    for (const [signal, code] of Object.entries(ENDS)) {
      const hear = () => {
        // Whoever asks twice does not wait; a server of ours is killed by the end of the process.
        if (isAsked) process.exit(INTERRUPTED);
        isAsked = true;
        resolve(code);
      };
      process.on(signal, hear);
      listeners.push(() => void process.off(signal, hear));
    }
  });
  return {
    asked,
    off: () => {
      for (const remove of listeners) remove();
    },
  };
}
