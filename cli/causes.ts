import { instantInWords } from '../calendar/words.js';
import type { Causes, MovedColumn, MovedSource } from '../domain/causes/causes.js';
import type { MixOrRate } from '../domain/causes/mix.js';
import type { WorseSlice } from '../domain/causes/slices.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Monitor } from '../domain/monitor.js';
import type { Instant } from '../domain/window.js';
import { cut, wrap } from './output.js';
import { amountWords, countWords } from './words.js';

/** Lines of each part at most, so that the whole is some 30. */
const MOST = { moved: 9, changes: 4 };
const WIDE = 80;

/** What may be behind a window's findings, in some 30 lines of 80 letters. */
export function causesText(causes: Causes | null, monitor: Monitor): string {
  if (causes === null) return '\nWhy: not asked, there is nothing to compare the window with.';
  const { timezone, rows } = monitor.windows;
  const day = (at: Instant): string =>
    rows === undefined ? instantInWords(at, timezone).replace(/ 00:00$/, '') : `row ${at}`;
  const lines = [
    ...movedLines(causes, day),
    ...lossLines(causes, monitor, day),
    ...apartLines(causes, monitor),
    ...timeLines(causes, day),
    restLine(causes),
  ];
  return ['', 'Why', ...lines.map((line) => cut(line, WIDE))].join('\n');
}

type Day = (at: Instant) => string;

const BASES: Readonly<Record<Causes['importance'], string>> = {
  monitor: 'importance as the monitor says',
  answers: 'importance unknown: correlation with the score',
  both: 'importance as the monitor says, the rest by correlation with the score',
  unknown: 'importance unknown: no monitor and no score tells it',
};

function movedLines({ moved, importance }: Causes, day: Day): string[] {
  if (moved.length === 0) return [' No feature moved away from the reference.'];
  const known = importance === 'unknown' ? 'unweighed' : 'weighed';
  const features = moved.flatMap((group) => groupLines(group, { day, known }));
  const shown = features.filter(
    (_, place) => features.slice(0, place + 1).flat().length <= MOST.moved,
  );
  const more = features.length - shown.length;
  const rest = more > 0 ? [`   and ${amountWords(more, 'more feature')}`] : [];
  const by = importance === 'unknown' ? 'by PSI' : 'PSI × importance';
  const head = wrap(`Moved most, ${by} (${BASES[importance]}):`, WIDE, ' ');
  return [...head.split('\n'), ...shown.flat(), ...rest];
}

/** How a feature is told. */
interface Telling {
  day: Day;
  known: 'weighed' | 'unweighed';
}

/** The lines of each feature; the first one of a source begins with the source. */
function groupLines({ source, since, features }: MovedSource, telling: Telling): string[][] {
  if (source === null) return features.map((feature) => featureLines(feature, '   ', telling));
  const from = since === null ? '' : `, since ${telling.day(since)}`;
  return features.map((feature, place) => [
    ...(place === 0 ? [`   source ${source}${from}`] : []),
    ...featureLines({ ...feature, since: null }, '     ', telling),
  ]);
}

/** Its value, and the bins that moved most, in as many lines as they need. */

function featureLines(
  { name, psi, importance, bins, since }: MovedColumn,
  indent: string,
  { day, known }: Telling,
): string[] {
  const moves = bins.map(
    ({ label, reference, current }) => `${label} ${percent(reference)} → ${percent(current)}`,
  );
  const from = since === null ? '' : `, since ${day(since)}`;
  const weight = known === 'weighed' ? ` × ${percent(importance)}` : '';
  const value = `${figure(Number(psi.toPrecision(2)))}${weight}${from}`;
  // A move stays on one line: no space in it breaks.
  const unbroken = moves.map((move) => move.replaceAll(' ', '\u00a0')).join(', ');
  const [first = '', ...others] = wrap(`${cut(name, 20)} ${value}: ${unbroken}`, WIDE - 2, indent)
    .replaceAll('\u00a0', ' ')
    .split('\n');
  return [first, ...others.map((line) => `  ${line}`)];
}

/** A loss, or a change of it, in points where it is a share. */
function amountOf({ model }: Monitor): (value: number) => string {
  if (model.task === 'regression') return (value) => figure(Number(value.toPrecision(3)));
  return (value) => `${String(Number((value * 100).toFixed(1)))} points`;
}

function signed(value: number, words: (value: number) => string): string {
  const size = words(Math.abs(value));
  if (size.startsWith('0 ') || size === '0') return size;
  return `${value < 0 ? '-' : '+'} ${size}`;
}

function lossLines({ loss, slices, window }: Causes, monitor: Monitor, day: Day): string[] {
  if (loss === null) return [' Errors: not explained, one side has no label.'];
  const isShare = monitor.model.task !== 'regression';
  const level = isShare ? percent : (value: number) => figure(Number(value.toPrecision(3)));
  const change = `${level(loss.before)} → ${level(loss.now)}`;
  const name = isShare ? 'Error rate' : 'Mean error';
  const isChance = loss.total.low <= 0 && loss.total.high >= 0;
  const whole = slices.length > 0 ? ' in all rows together' : '';
  const chance = isChance ? `, no more than chance${whole}` : '';
  const words = amountOf(monitor);
  const head = `${name} ${change} in the window to ${day(window.end)}`;
  return [
    ...wrap(`${head}${chance}:`, WIDE, ' ').split('\n'),
    `   other rows come        ${partWords(loss.mix, words)}`,
    `   same rows, other error ${partWords(loss.rate, words)}`,
    `   ${cellWords(loss)}`,
    ...slices.flatMap((slice) => sliceLine(slice, isChance ? 'rates' : 'share').split('\n')),
    ...(slices.length === 0 ? ['   no part of the rows stands out'] : []),
    ...(isFlattering(monitor)
      ? ['   the reference may be rows it was trained on: fewer errors']
      : []),
  ];
}

/** Errors on rows that the model was trained on are fewer than on others. */
const isFlattering = ({ reference }: Monitor): boolean =>
  reference.drift?.kind === 'training' && reference.performance?.kind !== 'held_out';

function partWords({ value, low, high }: MixOrRate['mix'], words: (value: number) => string) {
  const bare = (one: number): string => words(one).replace(' points', '');
  return `${signed(value, words)} (${signed(low, bare)} to ${signed(high, bare)})`;
}

function cellWords({ cells, by }: MixOrRate): string {
  if (cells === 'features') return `(same: same bins of ${by.join(' and ')})`;
  return '(same: within score bins, for no feature moved)';
}

/** Of errors that are no more than chance in all rows no part has a share. */
function sliceLine({ where, reference, current, share }: WorseSlice, say: 'rates' | 'share') {
  const terms = Object.entries(where).map(([name, bin]) => `${name} = ${bin}`);
  const rates = `${percent(reference.rate)} → ${percent(current.rate)}`;
  const part = share > 1 ? 'all' : `${Math.round(share * 100)} %`;
  const added = say === 'share' ? `, ${part} of the added errors` : '';
  const text = `worse in ${terms.join(', ')}: ${rates}${added}`;
  return wrap(text, WIDE, '   ');
}

function apartLines({ apart }: Causes, monitor: Monitor): string[] {
  const { auc, low, high, features, loss } = apart;
  if (auc === null) return [];
  const strong = features.filter(({ part }) => part >= 0.01).slice(0, 3);
  const by = strong.length === 0 ? '' : `, most by ${strong.map(({ name }) => name).join(', ')}`;
  const short = (value: number): string => value.toFixed(2);
  const told = ` All features together tell the sides apart with AUC ${short(auc)}`;
  const lines = [told, `   (${short(low)} to ${short(high)}; 0.5: not at all)${by}`];
  if (loss === null) return lines;
  const words = amountOf(monitor);
  const moved = loss.towardsShared + loss.fromShared;
  const outcome = `other outcomes ${signed(loss.outcome, words)}`;
  return [...lines, `   on what both share: ${outcome}, other rows ${signed(moved, words)}`];
}

function timeLines({ timeline }: Causes, day: Day): string[] {
  const { stages, changes, windows } = timeline;
  if (stages.length === 0) return [];
  if (windows < 2) return [' When it began is not known: no earlier window is committed.'];
  const lines = stages.map(({ stage, since, targets }) => {
    const more = targets.length > 3 ? ` and ${targets.length - 3} more` : '';
    return `   ${day(since)}  ${stage}: ${targets.slice(0, 3).join(', ')}${more}`;
  });
  const around = changes
    .slice(-MOST.changes)
    .map(({ at, text }) => `   ${day(at)}  changed: ${text}`);
  const head = ` First seen, of ${windows} windows:`;
  return [head, ...[...around, ...lines].sort()];
}

function restLine({ rows }: Causes): string {
  const [now, before] = [countWords(rows.current), countWords(rows.reference)];
  return ` From ${now} rows of the window and ${before} of the reference; no proof of a cause.`;
}
