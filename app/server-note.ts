import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { folderStore } from '../lake/folder.js';
import { processStart } from './process-start.js';
import { serverFileIn } from './temporal.js';
import { isFree } from './temporal-server.js';

/** A process that nothing else can be taken for. */
interface Identity {
  pid: number;
  /** When it began, as `processStart` says it; null: nobody can tell. */
  started: string | null;
}

/** What is written down of the dev server of a state folder, before it starts until it is gone. */
export interface ServerNote {
  address: string;
  /** The server's process and its start; null: it is not there yet. */
  pid: number | null;
  started: string | null;
  /** It answers and nobody ends it: whoever needs a server may use it. */
  runs: boolean;
  /** The process that starts it and ends it. */
  owner: Identity;
}

const ENDS_WITHIN_MS = 10_000;
const STEP_MS = 100;

/** Takes a state folder for the server that is to be at that address; false: another one has it. */
export async function claim(state: string, address: string): Promise<boolean> {
  await mkdir(state, { recursive: true });
  const note = await noteOf({ address, pid: null, runs: false });
  return folderStore(state).putIfAbsent(basename(serverFileIn(state)), JSON.stringify(note));
}

/** Writes down what has become of the server that this process has claimed the folder for. */
export async function noteServer(
  state: string,
  server: Pick<ServerNote, 'address' | 'pid' | 'runs'>,
): Promise<void> {
  const file = serverFileIn(state);
  await writeFile(`${file}.new`, JSON.stringify(await noteOf(server)));
  await rename(`${file}.new`, file);
}

/** Gives the folder back, if it is this process that has it. */
export async function release(state: string): Promise<void> {
  const note = await readNote(state);
  if (isDeepStrictEqual(note?.owner, await thisProcess())) await rm(serverFileIn(state));
}

/** The note of a process that has the folder and is still there; null: none has. */
export async function holderOf(state: string): Promise<ServerNote | null> {
  const note = await readNote(state);
  return note !== null && (await isThere(note.owner)) ? note : null;
}

/**
 * Frees a folder whose process was killed and could not end its server: that ends by itself then,
 * and where it does not it is ended. A process that only has the number of the old server by now
 * is left alone, and so is a folder that another process has taken meanwhile.
 */
export async function endOrphan(state: string, progress: (line: string) => void): Promise<void> {
  const note = await readNote(state);
  if (note === null || (await isThere(note.owner))) return;
  const { address, pid, started } = note;
  if (pid === null) {
    await waitUntil(() => isFree(Number(address.split(':').at(-1))));
  } else if (await isThere({ pid, started })) {
    progress(
      `ending the Temporal server at ${address}, pid ${pid}: the process that had started it ` +
        'was killed',
    );
    await end({ pid, started });
  }
  const now = await readNote(state);
  if (isDeepStrictEqual(now, note)) await rm(serverFileIn(state), { force: true });
}

async function noteOf(server: Pick<ServerNote, 'address' | 'pid' | 'runs'>): Promise<ServerNote> {
  const started = server.pid === null ? null : await processStart(server.pid);
  return { ...server, started, owner: await thisProcess() };
}

async function thisProcess(): Promise<Identity> {
  return { pid: process.pid, started: await processStart(process.pid) };
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
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(server.pid, signal);
    } catch {
      return; // it has gone meanwhile
    }
    if (await waitUntil(async () => !(await isThere(server)))) return;
  }
}

/** Whether it came to hold within 10 s. */
async function waitUntil(holds: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0; waited < ENDS_WITHIN_MS; waited += STEP_MS) {
    if (await holds()) return true;
    await sleep(STEP_MS);
  }
  return false;
}
