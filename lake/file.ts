import { randomUUID } from 'node:crypto';
import { readdir as readdirOf, readFile as readFileOf } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Body } from './store.js';

/** Names of files that are being written; a kill may leave them behind. */
export const TEMPORARY = /^\..*\.tmp$/;

/** As of `node:fs/promises`, whose handles are most of the cost of a small read. */
export const readdir = promisify(readdirOf);
export const readFile = promisify(readFileOf);

/** `ENOENT`, `EEXIST`, …; '' for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The result, or null when there is nothing at that path. */
export async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}

/** null: nothing is there. */
export const statOf = (file: string) => ifThere(fs.stat(file));
/** A path in this folder that nobody else uses; TEMPORARY knows it again. */
export const temporaryIn = (folder: string) =>
  path.join(folder, `.${process.pid}-${randomUUID()}.tmp`);

/**
 * Makes `file` of what `write` writes to a temporary path beside it, or not at all; false when it
 * is there already. Missing folders are made.
 */
export async function put(
  file: string,
  write: (temporary: string) => Promise<void>,
): Promise<boolean> {
  if ((await statOf(file)) !== null) return false;
  const folder = path.dirname(file);
  for (;;) {
    const temporary = temporaryIn(folder);
    try {
      await write(temporary);
      await fs.link(temporary, file);
      await syncFolder(folder);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      if (codeOf(error) !== 'ENOENT') throw error;
      // The folder is new, or housekeeping removed it while it was empty.
      await fs.mkdir(folder, { recursive: true });
    } finally {
      await fs.rm(temporary, { force: true });
    }
  }
}

/** Writes a new file down to the disk. */
export async function writeSynced(file: string, body: Body): Promise<void> {
  const handle = await fs.open(file, 'wx');
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Links a file to a new name, or copies it, down to the disk. */
export async function moveSynced(from: string, to: string): Promise<void> {
  await fs.access(path.dirname(to));
  try {
    await fs.link(from, to);
  } catch (error) {
    // Another file system, or one without hard links to foreign files.
    if (!['EXDEV', 'EPERM'].includes(codeOf(error))) throw missing(from, error);
    await fs.copyFile(from, to);
  }
  const handle = await fs.open(to, 'r+');
  await handle.sync();
  await handle.close();
}

/** A missing source must not look like a missing folder, which `put` would make for ever. */
function missing(file: string, error: unknown): unknown {
  return codeOf(error) === 'ENOENT'
    ? new Error(`${file} is not there; expected a file to move into the lake.`, { cause: error })
    : error;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
