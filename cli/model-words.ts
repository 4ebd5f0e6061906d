import type { Ancestor } from '../app/lineage.js';
import type { Artefact, Difference, Origin, RegisteredVersion } from '../domain/version.js';
import { columns, fitted } from './fitted.js';
import { table, wrap } from './output.js';
import { countWords, instantWords } from './words.js';

const NOTHING = '–';
/** Digits of a hash that tell one from another at a glance. */
const DIGITS = 12;

/** One line per version, oldest first. */
export function versionTable(versions: readonly RegisteredVersion[], timezone: string): string {
  const rows = versions.map(({ version, at, by, origin, code, parents, evaluation }) => [
    version,
    instantWords(at, timezone),
    by ?? originWords(origin),
    parents.join(', ') || NOTHING,
    code === null ? NOTHING : code.slice(0, DIGITS),
    metricWords(evaluation?.metrics ?? {}) || NOTHING,
  ]);
  return fitted(['VERSION', 'REGISTERED', 'BY', 'PARENTS', 'CODE', 'METRICS'], rows, 'METRICS');
}

/** All that is known of a version, a line for each thing. */
export function versionText(version: RegisteredVersion, timezone: string): string {
  const { training, evaluation, preprocessing, by, origin, at } = version;
  const made = by === null ? originWords(origin) : `${by} (${originWords(origin)})`;
  const lines: (readonly [string, string])[] = [
    ['registered', `${instantWords(at, timezone)} by ${made}`],
    ['parents', version.parents.join(', ')],
    ['code', version.code ?? ''],
    ['training', training === null ? '' : fileWords(training)],
    ['rows', training?.rows == null ? '' : countWords(training.rows)],
    ['event time', training === null ? '' : spanWords(training, timezone)],
    [
      'acted on',
      training?.unweightedActed === undefined ? '' : actedWords(training.unweightedActed),
    ],
    ['parameters', settingWords(version.hyperparameters)],
    ['inputs', preprocessing === null ? '' : preparedWords(preprocessing)],
    ['metrics', metricWords(evaluation?.metrics ?? {})],
    ['measured on', evaluation?.data ?? ''],
    ...(evaluation?.plots ?? []).map((plot) => ['plot', fileWords(plot)] as const),
    ...version.artefacts.map((artefact) => ['artefact', fileWords(artefact)] as const),
    ['notes', version.notes ?? ''],
  ];
  return listed(`${version.version} of ${version.model}`, lines);
}

/** What is known of something, a line for each thing; without those of which nothing is. */
function listed(title: string, lines: readonly (readonly [string, string])[]): string {
  const wide = Math.max(...lines.map(([name]) => name.length));
  const told = lines
    .filter(([, words]) => words !== '')
    .map(([name, words]) => {
      const [first = '', ...more] = wrap(words, columns(), ' '.repeat(wide + 3)).split('\n');
      return [` ${name.padEnd(wide)}  ${first.trimStart()}`, ...more].join('\n');
    });
  return [title, ...told].join('\n');
}

/** A version after the other, each with the rows, findings and people that it came from. */
export function lineageText(line: readonly Ancestor[], timezone: string): string {
  return line.map((ancestor) => ancestorText(ancestor, timezone)).join('\n\n');
}

/** Files that are named; of more their number. */
const NAMED_FILES = 3;

function ancestorText({ version, retraining, unregistered }: Ancestor, timezone: string): string {
  const { training, parents, by, origin, at } = version;
  const made = `${instantWords(at, timezone)} by ${by ?? originWords(origin)}`;
  const trained = training === null ? '' : fileWords(training);
  const rows = training?.rows == null ? '' : `, ${countWords(training.rows)} rows`;
  const names = parents.map((name) =>
    unregistered.includes(name) ? `${name} (not registered)` : name,
  );
  return listed(`${version.version} of ${version.model}`, [
    ['made from', names.join(', ')],
    ['trained on', `${trained}${rows}`],
    ['registered', made],
    ...(retraining === null ? [] : retrainingLines(retraining, timezone)),
  ]);
}

function retrainingLines(
  { request, reasons, run, rows }: NonNullable<Ancestor['retraining']>,
  timezone: string,
): (readonly [string, string])[] {
  const people = request.approvals.map(({ by }) => by).join(', ');
  const ended =
    request.endedAt === null ? '' : `, promoted ${instantWords(request.endedAt, timezone)}`;
  const files = rows?.files ?? [];
  const of = files.length > NAMED_FILES ? `${countWords(files.length)} files` : files.join(', ');
  return [
    ['asked by', `${request.id}, opened by ${request.openedBy}: ${request.reason}`],
    ['approved by', `${people || 'nobody'}${ended}`],
    ...reasons.map((reason, place) => [place === 0 ? 'because' : '', reason] as const),
    ['found in', `${run}${rows === null ? '' : `: ${countWords(rows.n)} rows of ${of}`}`],
  ];
}

/** What differs, in the order of what there is to say of a version. */
export function differenceTable(
  found: readonly Difference[],
  names: readonly [string, string],
): string {
  const rows = found.map(({ what, before, after }) => {
    return [what, before ?? NOTHING, after ?? NOTHING];
  });
  return table(['WHAT', ...names], rows);
}

function originWords({ kind, ref }: Origin): string {
  const words = { cli: 'a file', mlflow: 'MLflow', retraining: 'a retraining' }[kind];
  return ref === null ? words : `${words}, ${ref}`;
}

const fileWords = ({ path, sha256 }: Artefact): string =>
  `${path} (${sha256 === null ? 'no hash' : `sha256 ${sha256.slice(0, DIGITS)}`})`;

function spanWords(
  { from, to }: NonNullable<RegisteredVersion['training']>,
  timezone: string,
): string {
  const [start, end] = [from, to].map((at) => (at === null ? '…' : instantWords(at, timezone)));
  return from === null && to === null ? '' : `${start ?? ''} → ${end ?? ''}`;
}

const actedWords = (count: number): string =>
  `${count === 0 ? 'no row' : count === 1 ? '1 row' : `${countWords(count)} rows`} without a weight`;

const metricWords = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');

const settingWords = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

function preparedWords({
  config,
  path,
  sha256,
}: NonNullable<RegisteredVersion['preprocessing']>): string {
  if (path !== null) return fileWords({ path, sha256 });
  const words = settingWords(config as Readonly<Record<string, unknown>>);
  return `${words} (sha256 ${sha256.slice(0, DIGITS)})`;
}
