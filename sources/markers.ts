import { partitions } from '../calendar/partitions.js';
import type { ReadyMarker } from '../domain/ready.js';
import { folderIn, type FileSource, type S3Source } from '../domain/source-spec.js';
import { look } from './locate.js';
import type { Asked, World } from './source.js';

/** Paths of the markers of a span, oldest first: beside the files that its template names. */
export function markersOf(
  { path }: FileSource | S3Source,
  { marker }: ReadyMarker,
  { span, timezone }: Pick<Asked, 'timezone'> & { span: NonNullable<Asked['span']> },
): string[] {
  return partitions(`${folderIn(path)}${marker}`, span, timezone);
}

/** Whether a file, or an object, is there. Throws SourceError when nobody can tell. */
export async function isThere(
  spec: FileSource | S3Source,
  path: string,
  { asked, world }: { asked: Asked; world: World },
): Promise<boolean> {
  return !(await look({ ...spec, path }, { ...asked, span: null }, world)).isEmpty;
}
