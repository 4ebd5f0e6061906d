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
  const absolute = (source: SourceSpec): SourceSpec =>
    isFiles(source) || source.kind === 'duckdb'
      ? { ...source, path: path.resolve(cwd, source.path) }
      : source;
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
