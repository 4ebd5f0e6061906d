import { formatDuration } from '../calendar/durations.js';
import type { LabelSource, Monitor, SourceSpec } from '../domain/monitor.js';
import { isFiles } from '../domain/source-spec.js';
import { alertLines } from './explain-alerts.js';
import { arrivalLines } from './explain-arrival.js';
import { checkLine, list, metricsLines, partLines, type Line } from './explain-checks.js';
import { retrainingLines } from './explain-retraining.js';
import {
  absentLines,
  actionLines,
  armLines,
  labelSourceLines,
  predictionLines,
  trafficLines,
} from './explain-roles.js';
import { knownChecks } from './known-checks.js';
import { valueAt } from './known-keys.js';
import type { LoadedMonitor } from './load.js';
import type { KnownChecks } from './monitor.js';
import { sourceWords } from './source-words.js';
import { referenceLines } from './reference-words.js';

/** Every value that holds for a monitor, a line each; `(default)` where the file says nothing. */
export function explainMonitor(
  loaded: Pick<LoadedMonitor, 'monitor' | 'given'>,
  known: KnownChecks = knownChecks,
): string[] {
  const { monitor, given } = loaded;
  return monitorLines(monitor, known).map(([path, value]) => {
    return `${path}: ${value}${isGiven(given, path) ? '' : '  (default)'}`;
  });
}

/** Every value that holds for a monitor with its path in the file, in the file's order. */
export function monitorLines(monitor: Monitor, known: KnownChecks = knownChecks): Line[] {
  return [
    ...modelLines(monitor),
    ...columnLines(monitor),
    ...labelLines(monitor),
    ...metricsLines(monitor),
    ...referenceLines(monitor),
    ...partLines(monitor),
    ...monitor.checks.map((spec) => checkLine(spec, known)),
    ...retrainingLines(monitor),
    ...alertLines(monitor),
  ];
}

/** True when the file says something at this path, or says one of its short forms above it. */
export function isGiven(given: unknown, path: string): boolean {
  if (path.startsWith('checks[')) {
    const listed = valueAt(given, ['checks']);
    const entries = Array.isArray(listed) ? listed : valueAt(listed, ['only']);
    const name = path.slice(7, -1);
    const names: unknown[] = Array.isArray(entries) ? entries : [];
    return names.some((entry) => {
      return entry === name || (valueAt(entry, ['name']) ?? valueAt(entry, ['check'])) === name;
    });
  }
  const parts = path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  // `owners: team:x` is short for all four, `path:` of a reference for its source.
  const above = valueAt(given, parts.slice(0, -1));
  const short = path.startsWith('model.owners.') && typeof above === 'string';
  return short || valueAt(given, parts) !== undefined;
}

function modelLines(monitor: Monitor): Line[] {
  const { model, schedule, windows, predictions } = monitor;
  return [
    ['model.id', model.id],
    ['model.task', model.task],
    ...Object.entries(model.owners).map(([role, name]): Line => [`model.owners.${role}`, name]),
    ['model.tags', list(model.tags)],
    ['schedule.lag', formatDuration(schedule.lag)],
    ['schedule.catchup', formatDuration(schedule.catchup)],
    windows.rows === undefined
      ? ['windows.size', windows.size]
      : ['windows.rows', String(windows.rows)],
    ['windows.timezone', windows.timezone],
    ['windows.align', windows.align],
    ['windows.min_rows', String(windows.minRows)],
    ...sourceLines('predictions.from', predictions),
    ...shapeLines(predictions),
    ...joinLines(predictions),
    ...arrivalLines(monitor),
  ];
}

function sourceLines(path: string, source: SourceSpec): Line[] {
  const own = isFiles(source) ? [['path', source.path] as const] : sourceWords(source);
  const where = source.where === null ? [] : [['where', source.where] as const];
  return [['kind', source.kind] as const, ...own, ...where].map(([key, value]): Line => [
    `${path}.${key}`,
    value,
  ]);
}

function shapeLines({ shape }: SourceSpec): Line[] {
  const made = Object.entries(shape?.select ?? {});
  return [
    ...made.map(([name, sql]): Line => [`predictions.select.${name}`, sql]),
    ...(shape?.unnest === undefined ? [] : [['predictions.unnest', shape.unnest] as const]),
  ];
}

function joinLines({ joins = [] }: SourceSpec): Line[] {
  return joins.flatMap(({ name, from, on, columns }, index) => {
    const at = (key: string): string => `joins.${index}.${key}`;
    return [
      [at('name'), name] as const,
      ...sourceLines(at('from'), from),
      [at('on'), pairs(on)] as const,
      [at('columns'), columns === undefined ? 'all but those of the key' : list(columns)] as const,
      [at('expect'), 'at_most_one'] as const,
    ];
  });
}

const pairs = (on: Readonly<Record<string, string>>): string =>
  list(Object.entries(on).map(([own, theirs]) => `${own} = ${theirs}`));

function columnLines({ columns }: Monitor): Line[] {
  const { id, timestamp, prediction, version, features } = columns;
  const { include, exclude, overrides } = features;
  return [
    ['columns.id', list(id)],
    ...(columns.entity === undefined ? [] : [['columns.entity', list(columns.entity)] as const]),
    ['columns.timestamp', `${timestamp.column}, ${timestamp.timezone} where it has no zone`],
    ...predictionLines(prediction),
    ['columns.version', version ?? 'none'],
    ['columns.row_source', columns.rowSource ?? 'none'],
    ...(columns.item === undefined ? [] : [['columns.item', columns.item] as const]),
    ...(columns.group === undefined ? [] : [['columns.group', columns.group] as const]),
    ...(columns.weight === undefined ? [] : [['columns.weight', columns.weight] as const]),
    ...armLines(columns),
    ...trafficLines(columns),
    ...actionLines(columns),
    [
      'columns.features.include',
      include === '*' ? '* (every column without a role)' : list(include),
    ],
    ['columns.features.exclude', list(exclude)],
    ['columns.features.overrides', list(Object.keys(overrides))],
  ];
}

function labelLines({ labels, standIns = [] }: Monitor): Line[] {
  if (labels === null) return [['labels', 'none']];
  return [
    ...labelsOf(labels, 0),
    ['labels.0.min_coverage', String(labels.minCoverage ?? 'none')],
    ...labelSourceLines(labels),
    ...standIns.flatMap((one, place): Line[] => [
      [`labels.${place + 1}.role`, one.role],
      ...labelsOf(one, place + 1),
    ]),
  ];
}

function labelsOf(labels: LabelSource, index: number): Line[] {
  const at = (key: string): string => `labels.${index}.${key}`;
  const within: Line[] =
    labels.within === undefined
      ? []
      : [
          [at('join.match'), 'first_after'],
          [at('join.within'), formatDuration(labels.within)],
        ];
  return [
    [at('name'), labels.name],
    ...(labels.from === null ? [] : sourceLines(at('from'), labels.from)),
    [at('join'), pairs(labels.on)],
    ...within,
    [at('value'), labels.value],
    [at('positive'), list(labels.positive)],
    [at('timestamp'), labels.timestamp ?? 'none: known once mature'],
    ...absentLines(labels, index),
    [at('mature_after'), formatDuration(labels.matureAfter)],
  ];
}
