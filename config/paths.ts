import path from 'node:path';
import { isFiles } from '../domain/source-spec.js';
import type { LabelSource, Monitor, ReferenceSource, SourceSpec } from '../domain/monitor.js';

/** A path as people would type it from a folder: relative where that is shorter. */
export function nearPath(file: string, cwd: string): string {
  const near = path.relative(cwd, file);
  if (near === '') return '.';
  return near.length < file.length ? near : file;
}

/** The monitor with the paths of its sources counted from a folder; templates stay. */
export function resolvePaths(monitor: Monitor, cwd: string): Monitor {
  const absolute = (source: SourceSpec): SourceSpec => {
    const joins = source.joins?.map((join) => ({ ...join, from: absolute(join.from) }));
    const own = joins === undefined ? source : { ...source, joins };
    return isFiles(own) || own.kind === 'duckdb'
      ? { ...own, path: path.resolve(cwd, own.path) }
      : own;
  };
  const ofReference = (one: ReferenceSource): ReferenceSource =>
    one.kind === 'training' ? { ...one, from: absolute(one.from) } : one;
  const { labels, standIns, reference } = monitor;
  const ofLabels = <T extends LabelSource>(one: T): T =>
    one.from === null ? one : { ...one, from: absolute(one.from) };
  return {
    ...monitor,
    predictions: absolute(monitor.predictions),
    labels: labels && ofLabels(labels),
    ...(standIns && { standIns: standIns.map(ofLabels) }),
    reference: {
      ...reference,
      drift: reference.drift === null ? null : ofReference(reference.drift),
      others: Object.fromEntries(
        Object.entries(reference.others).map(([name, other]) => [name, ofReference(other)]),
      ),
    },
  };
}
