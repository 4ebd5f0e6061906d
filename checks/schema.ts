import { percent } from '../domain/judging/figures.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import type { Share } from '../stats/intervals.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { chanceOf, HARD_CHANCE, missingShare } from './missing.js';
import { REASONS, rejectedOf } from './rejected.js';
import { encodingChanged } from './schema-encoding.js';
import { brokenRules, constant, defaultFillsIn } from './schema-rules.js';
import type { Broken } from './schema-rules.js';
import { sizeChanged } from './schema-size.js';

/** Types that may stand in for one another: a CSV file does not say which number it meant. */
function family(type: string): string {
  const element = /^(.*)\[\d*\]$/.exec(type)?.[1];
  // How many numbers a vector has is a rule of its own.
  if (element !== undefined && family(element) === 'number') return 'vector';
  const name = type.toUpperCase().replace(/\(.*$/, '').trim();
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^(FLOAT|DOUBLE|REAL|DECIMAL|NUMERIC)$/.test(name)) {
    return 'number';
  }
  if (/^(VARCHAR|TEXT|STRING|CHAR|ENUM)$/.test(name)) return 'text';
  if (/^(DATE|TIMESTAMP.*|DATETIME)$/.test(name)) return 'time';
  return name === 'BOOL' ? 'BOOLEAN' : name;
}

/** Type of a column that was written without one, for all of it is null: `missing` tells of it. */
const NOTHING = '"NULL"';

function changedType(evidence: Evidence, target: string): Broken | null {
  const now = evidence.current.types[target];
  const before = evidence.grid.axes[target]?.type ?? evidence.reference?.types[target];
  if (now === undefined || before === undefined || before === '') return null;
  if (family(now) === family(before) || [now, before].includes(NOTHING)) return null;
  return { rule: 'type changed', seen: `its type is ${now}, it was ${before}` };
}

/** Half of the values are none that the column can have, where the reference had hardly any. */
function unreadable({ current, reference }: Evidence, target: string): Broken | null {
  const share = (profile: Profile): Share => {
    const own = rejectedOf(profile).filter(({ column }) => column === target);
    return { hits: own.reduce((sum, { n }) => sum + n, 0), n: profile.rows };
  };
  const now = share(current);
  const before = reference === null ? { hits: 0, n: 0 } : share(reference);
  if (before.n === 0 || now.hits < now.n / 2 || before.hits > before.n / 20) return null;
  if (chanceOf(now, before) >= HARD_CHANCE) return null;
  const reasons = rejectedOf(current).filter(({ column }) => column === target);
  const words = [...new Set(reasons.map(({ reason }) => REASONS[reason] ?? 'not readable'))];
  const seen = `${percent(now.hits / now.n)} of its values are ${words.join(' or ')}`;
  return { rule: 'unreadable', seen };
}

function otherCase({ current: { types } }: Evidence, target: string): string {
  const other = Object.keys(types).find((name) => name.toLowerCase() === target.toLowerCase());
  return other === undefined ? '' : ` (did you mean ${other}? Case counts)`;
}

/** What the segments that a column was to tell say of it; null: all of them can be told. */
function segmentsLost({ current }: Evidence, target: string): string | null {
  const { segment = [], column = [], why = [] } = current.asked['unbound']?.by ?? {};
  const lost = Array.from(column, String).flatMap((name, row) =>
    name === target ? [`segment ${String(segment[row])} cannot be told (${String(why[row])})`] : [],
  );
  return lost.length === 0 ? null : lost.join('; ');
}

/** What is broken of the column, and of the segments that it was to tell. */
function brokenOf(evidence: Evidence, target: string): Broken | null {
  const broken = brokenRule(evidence, target);
  const lost = segmentsLost(evidence, target);
  if (lost === null) return broken;
  return broken === null
    ? { rule: 'segment lost', seen: lost }
    : { ...broken, seen: `${broken.seen}; ${lost}` };
}

/** The first rule that is broken, in the order in which one explains the next. */
function brokenRule(evidence: Evidence, target: string): Broken | null {
  if (evidence.current.types[target] === undefined) {
    return {
      rule: 'column missing',
      seen: `the column is not in the data${otherCase(evidence, target)}`,
    };
  }
  const changed = changedType(evidence, target);
  const unread = changed ?? unreadable(evidence, target);
  if (unread !== null) return unread;
  const resized = sizeChanged(evidence, target);
  if (resized !== null) return resized;
  const axis = evidence.grid.axes[target];
  const current = evidence.current.columns[target];
  const reference = evidence.reference?.columns[target];
  if (axis === undefined || current === undefined || reference === undefined) return null;
  const pair = { axis, current, reference };
  const [now, before] = [missingShare(axis, current), missingShare(axis, reference)];
  // `missing` tells of a column that became all null: here it would be the same news twice
  if (now.hits === now.n || before.hits === before.n) return null;
  return constant(pair) ?? encodingChanged(pair) ?? defaultFillsIn(pair);
}

/**
 * Whether the column is what it was: there, of the same type, readable, vectors of the same size,
 * not constant, in the same spelling, without a default that fills in. Value: rules broken, 0 or 1;
 * every broken one is hard.
 */
export const schema: Written<object> = {
  ...brokenRules,
  name: 'schema',
  ofColumn: true,
  question: 'Is the column still what it was?',
  action: 'Undo or announce the change upstream; do not retrain on broken values.',
  measure(evidence, target): Reading {
    const nCurrent = evidence.current.rows;
    const nReference = evidence.reference?.rows ?? 0;
    const rows = { nCurrent, nReference };
    if (nCurrent === 0) return noReading('not_applicable', 'the window has no rows', rows);
    const broken = brokenOf(evidence, target);
    if (broken === null && evidence.reference === null) {
      return noReading('no_reference', 'there is no reference to compare with', rows);
    }
    return reading({
      value: broken === null ? 0 : 1,
      ...rows,
      hard: broken?.rule ?? null,
      details: broken === null ? {} : { seen: broken.seen },
    });
  },
  say({ hard, details }, target) {
    if (hard === null) return `${target} is what it was: there, of its type, not constant.`;
    return `${target}: ${hard}; ${String(details['seen'])}.`;
  },
};
