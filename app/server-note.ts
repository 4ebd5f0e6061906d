import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from './process-start.js';
import { serverFileIn } from './temporal.js';

/** A process that nothing else can be taken for. */
interface Identity {
  pid: number;
  /** When it began, as `processStart` says it; null: nobody can tell. */
  started: string | null;
}

/** What is written down of a dev server that runs for a state folder. */
interface ServerNote {
  address: string;
  pid: number | null;
  /** When it began; absent in an older note. */
  started?: string | null;
  /** The process that started it and ends it. */
  owner?: Identity;
}

const ENDS_WITHIN_MS = 10_000;
const STEP_MS = 100;

/** Writes down a server that this process has started; a repeat writes the same. */
export async function noteServer(
  state: string,
  { address, pid }: { address: string; pid: number | null },
): Promise<void> {
  const note: ServerNote = {
    ...{ address, pid, started: pid === null ? null : await processStart(pid) },
    owner: { pid: process.pid, started: await processStart(process.pid) },
  };
  await mkdir(state, { recursive: true });
  await writeFile(serverFileIn(state), JSON.stringify(note));
}

/** The process that holds a server of this state folder; null: none does that is still there. */
export async function ownerOf(state: string): Promise<number | null> {
  const note = await readNote(state);
  return note?.owner !== undefined && (await isThere(note.owner)) ? note.owner.pid : null;
}

/**
 * Ends a server whose owner was killed and could not end it. One whose owner lives, one of an older
 * note, and a process that only has the number of the old server by now, are left alone.
 */
export async function endOrphan(state: string, progress: (line: string) => void): Promise<void> {
  const note = await readNote(state);
  if (note?.pid == null || note.owner === undefined || (await isThere(note.owner))) return;
  const server = { pid: note.pid, started: note.started ?? null };
  if (!(await isThere(server))) return;
  progress(
    `ending the Temporal server at ${note.address}, pid ${note.pid}: the process that had started ` +
      'it was killed',
  );
  await end(server);
  await rm(serverFileIn(state), { force: true });
}

async function readNote(state: string): Promise<ServerNote | null> {
  try {
    return JSON.parse(await readFile(serverFileIn(state), 'utf8')) as ServerNote;
  } catch {
    return null;
  }
}

async function isThere({ pid, started }: Identity): Promise<boolean> {
  return started !== null && (await processStart(pid)) === started;
}

async function end(server: Identity): Promise<void> {
  process.kill(server.pid, 'SIGTERM');
  for (let waited = 0; waited < ENDS_WITHIN_MS; waited += STEP_MS) {
    if (!(await isThere(server))) return;
    await sleep(STEP_MS);
  }
  if (await isThere(server)) process.kill(server.pid, 'SIGKILL');
}
