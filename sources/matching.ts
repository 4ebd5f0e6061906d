import * as fs from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { SourceError } from '../domain/source.js';
import { unreadable } from './unreadable.js';

/**
 * Files that match, and links that lead nowhere, for who looks at them says so. Throws SourceError
 * for such a link where a pattern has a folder: what is behind it would be left out without a word.
 */
export async function matching(patterns: readonly string[]): Promise<string[]> {
  const dead = new Set<string>();
  const found = await walk(patterns, dead);
  if (dead.size === 0) return found;
  const folders = patterns.flatMap((pattern) => {
    const parts = pattern.split('/');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  // A folder that is named outright needs no walk; of the working folder there is none.
  const wild = folders.filter((folder) => isDynamicPattern(folder));
  const named = folders.filter((folder) => !isDynamicPattern(folder));
  const meant = [
    ...named.map((folder) => path.resolve(folder)),
    ...(wild.length === 0 ? [] : await walk(wild, new Set())),
  ];
  const link = meant.find((one) => dead.has(one));
  if (link !== undefined) throw deadLink(link);
  return found;
}

/** Collects in `dead` the links that lead nowhere, of all folders that are looked into. */
async function walk(patterns: readonly string[], dead: Set<string>): Promise<string[]> {
  const closed: SourceError[] = [];
  const found = await glob([...patterns], {
    ...{ absolute: true, expandDirectories: false, followSymbolicLinks: true },
    // Otherwise what cannot be opened is left out without a word.
    fs: {
      readdir: ((folder: string, options: { withFileTypes: true }, done: Listed) => {
        fs.readdir(folder, options, (error, entries) => {
          if (error !== null && !['ENOENT', 'ENOTDIR'].includes(error.code ?? '')) {
            closed.push(unreadable(folder, error));
          }
          done(error, entries);
        });
      }) as typeof fs.readdir,
      realpath: ((file: string, done: Resolved) => {
        fs.realpath(file, (error, real) => {
          done(null, error === null ? real : file);
        });
      }) as typeof fs.realpath,
      stat: ((file: string, done: Stated) => {
        fs.stat(file, (error, found) => {
          if (error === null) {
            done(null, found);
            return;
          }
          if (error.code === 'ENOENT') dead.add(path.resolve(file));
          fs.lstat(file, done);
        });
      }) as typeof fs.stat,
    },
  });
  if (closed[0] !== undefined) throw closed[0];
  return found.map((file) => path.resolve(file));
}

type Listed = (error: NodeJS.ErrnoException | null, entries: fs.Dirent[]) => void;
type Resolved = (error: NodeJS.ErrnoException | null, real: string) => void;
type Stated = (error: NodeJS.ErrnoException | null, found: fs.Stats) => void;

/** The link that leads nowhere by which a path has nothing, itself or above it; null: none. */
export async function deadLinkAt(file: string): Promise<string | null> {
  const found = await lstat(file).catch(() => null);
  if (found === null) return path.dirname(file) === file ? null : deadLinkAt(path.dirname(file));
  if (!found.isSymbolicLink()) return null;
  return (await stat(file).catch(() => null)) === null ? file : null;
}

/** Says so. */
export function deadLink(link: string): SourceError {
  const wanted = 'expected one to a file or folder that is there';
  return new SourceError(link, null, `is a link to what is not there; ${wanted}`);
}
