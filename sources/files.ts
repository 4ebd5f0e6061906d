import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isTemplate, partitions, placeholders } from '../calendar/partitions.js';
import type { ManifestFile } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import type { FileKind, FileSource } from '../domain/source-spec.js';
import type { Instant } from '../domain/window.js';
import { deadLink, deadLinkAt, matching } from './matching.js';
import type { Asked, Source } from './source.js';
import { unreadable } from './unreadable.js';

const WILD = /[*?[\]{}()!]/;

/**
 * sha256 (hex) of what tells the content of a file apart; null when it is too large to say. Reads
 * only. Throws SourceError when the file is not whole.
 */
type Fingerprint = (file: { path: string; bytes: number }) => Promise<string | null>;

/** How files of one kind are recognised. */
interface Marks {
  fingerprint: Fingerprint;
  /** Throws SourceError when the first or last bytes of a file say that it is not whole. */
  glance(file: { path: string; bytes: number }): Promise<void>;
}

/** A source of files, of which one can be looked at alone. */
export interface Files extends Source<FileSource> {
  /** The size of a file that is whole, as far as a glance tells; else throws SourceError. */
  glance(file: string): Promise<number>;
}

/** Files of one kind on this machine. */
export function fileSource(kind: FileKind, marks: Marks): Files {
  return {
    kind,
    async locate(spec, asked) {
      const paths = await listFiles(spec, asked);
      const files = await manifestOf(paths, (file) => marks.fingerprint(file));
      const { path: told, where } = spec;
      return { kind, path: told, where, files };
    },
    async look(spec, asked) {
      const files = await listFiles(spec, asked);
      const words = files.length === 1 ? '1 file' : `${files.length} files`;
      return { words, isEmpty: files.length === 0, columns: null, files };
    },
    async glance(file) {
      const { bytes } = await look(file);
      await plainly(file, marks.glance({ path: file, bytes }));
      return bytes;
    },
  };
}

/** Files as they are now. Throws SourceError naming one that is not whole or cannot be opened. */
export async function manifestOf(
  paths: readonly string[],
  fingerprint: Fingerprint,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const file of paths) {
    const { bytes, modified } = await look(file);
    const footer = await plainly(file, fingerprint({ path: file, bytes }));
    files.push({ path: file, bytes, modified, footer });
  }
  return files;
}

/**
 * The paths of the files of a source for a span, sorted: those of the partitions that it touches,
 * or all of a path without a template. None is opened.
 */
export async function listFiles(
  { path: told }: FileSource,
  { span, timezone }: Pick<Asked, 'span' | 'timezone'>,
): Promise<string[]> {
  return expand(span === null ? [opened(told)] : partitions(told, span, timezone));
}

/** True for a path without a template and without wildcards: its file is there or missing. */
export function namesOneFile(path: string): boolean {
  return !isTemplate(path) && !WILD.test(path);
}

/** Why a path has no file, and what is expected there: `no such file; expected the predictions`. */
export async function nothingAt(pattern: string, wanted: string): Promise<string> {
  const found = await stat(pattern).catch(() => null);
  if (found?.isDirectory() === true) {
    const example = path.join(pattern, '*.parquet');
    return `is a folder; expected a file, or files by a pattern, as "${example}"`;
  }
  const what = namesOneFile(pattern) ? 'no such file' : 'no file matches this';
  return `${what}${await missingFolder(pattern)}; expected ${wanted}`;
}

/** ` (there is no folder data)`: the first one of a path that is not there; '': all are. */
export async function missingFolder(pattern: string): Promise<string> {
  const folder = folderOf(pattern);
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return '';
  const above = found === null ? await missingFolder(folder) : '';
  return above === '' ? ` (there is no folder ${folder})` : above;
}

/** A template with every placeholder open. */
export function opened(template: string): string {
  if (!isTemplate(template)) return template;
  return placeholders.reduce((text, name) => text.replaceAll(`{${name}}`, '*'), template);
}

async function expand(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const wild: string[] = [];
  for (const pattern of patterns) {
    // A file may have a wildcard's letters in its name; what is there by that name is meant.
    if ((await stat(pattern).catch(() => null))?.isFile() === true) found.add(pattern);
    else {
      const isWild = WILD.test(pattern);
      if (isWild) wild.push(pattern);
      const dead = await deadLinkAt(isWild ? folderOf(pattern) : pattern);
      if (dead !== null) throw deadLink(dead);
    }
  }
  if (wild.length > 0) {
    for (const file of await matching(wild)) found.add(file);
  }
  return [...found].map((file) => path.resolve(file)).sort();
}

async function plainly<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof SourceError ? error : unreadable(file, error);
  });
}

async function look(file: string): Promise<{ bytes: number; modified: Instant }> {
  const { size, mtimeMs } = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  return { bytes: size, modified: Math.trunc(mtimeMs) };
}

/** The deepest folder of a path that holds no wildcard and no placeholder. */
function folderOf(pattern: string): string {
  const parts = pattern.split(path.sep);
  const first = parts.findIndex((part) => WILD.test(part));
  return (
    (first === -1 ? parts.slice(0, -1) : parts.slice(0, first)).join(path.sep) ||
    (path.isAbsolute(pattern) ? path.sep : '.')
  );
}
