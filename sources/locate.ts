import * as fs from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'tinyglobby';
import { isTemplate, partitions, placeholders } from '../calendar/partitions.js';
import type { SourceSpec } from '../domain/monitor.js';
import type { ManifestFile } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { sources } from './index.js';

const WILD = /[*?[\]{}()!]/;

/** Which part of a source to list. */
export interface Span {
  /** [start, end); null lists every partition. */
  span: { start: Instant; end: Instant } | null;
  /** IANA zone of the wall clock in `{date}` and `{hour}`. */
  timezone: string;
}

/**
 * Lists the files of a source for a span: the partitions that it touches, or all files of a path
 * without a template. No file is no error. Reads only; throws SourceError naming a file that is
 * not whole or cannot be opened.
 */
export async function locate(spec: SourceSpec, { span, timezone }: Span): Promise<Located> {
  const source = sources.find((one) => one.kind === spec.kind);
  if (source === undefined) throw new TypeError(`Unknown source kind "${spec.kind}".`);
  const paths = await listFiles(spec, { span, timezone });
  const files: ManifestFile[] = [];
  for (const file of paths) {
    const { bytes, modified } = await look(file);
    const footer = await source.fingerprint({ path: file, bytes }).catch((error: unknown) => {
      throw error instanceof SourceError ? error : unreadable(file, error);
    });
    files.push({ path: file, bytes, modified, footer });
  }
  return { kind: spec.kind, path: spec.path, where: spec.where, files };
}

/** The paths of those files, sorted: none is opened. */
export async function listFiles(spec: SourceSpec, { span, timezone }: Span): Promise<string[]> {
  return expand(span === null ? [open(spec.path)] : partitions(spec.path, span, timezone));
}

/** True for a path without a template and without wildcards: its file is there or missing. */
export function namesOneFile(path: string): boolean {
  return !isTemplate(path) && !WILD.test(path);
}

/** A template with every placeholder open. */
function open(template: string): string {
  if (!isTemplate(template)) return template;
  return placeholders.reduce((text, name) => text.replaceAll(`{${name}}`, '*'), template);
}

async function expand(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const wild: string[] = [];
  for (const pattern of patterns) {
    // A file may have a wildcard's letters in its name; what is there by that name is meant.
    if ((await stat(pattern).catch(() => null))?.isFile() === true) found.add(pattern);
    else if (WILD.test(pattern)) wild.push(pattern);
  }
  if (wild.length > 0) {
    for (const file of await matching(wild)) found.add(file);
  }
  return [...found].map((file) => path.resolve(file)).sort();
}

/** Files that match, and links that lead nowhere, for who looks at them says so. */
async function matching(patterns: string[]): Promise<string[]> {
  const closed: SourceError[] = [];
  const found = await glob(patterns, {
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
          if (error === null) done(null, found);
          else fs.lstat(file, done);
        });
      }) as typeof fs.stat,
    },
  });
  if (closed[0] !== undefined) throw closed[0];
  return found;
}

type Listed = (error: NodeJS.ErrnoException | null, entries: fs.Dirent[]) => void;
type Resolved = (error: NodeJS.ErrnoException | null, real: string) => void;
type Stated = (error: NodeJS.ErrnoException | null, found: fs.Stats) => void;

async function look(file: string): Promise<{ bytes: number; modified: Instant }> {
  const { size, mtimeMs } = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  return { bytes: size, modified: Math.trunc(mtimeMs) };
}

function unreadable(file: string, error: unknown): SourceError {
  const problem = error instanceof Error ? error.message : String(error);
  return new SourceError(file, null, `cannot be read (${problem}); expected a readable file`);
}
