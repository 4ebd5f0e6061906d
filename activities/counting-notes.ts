import type { Monitor } from '../domain/monitor.js';
import { total, type Profile } from '../domain/profile.js';
import { referenceWeight } from '../domain/roles.js';
import type { StoredReference } from '../lake/reference-store.js';

/** Rows of a window, and what they are compared with. */
interface Counted {
  monitor: Monitor;
  asked: Profile['asked'];
  rows: number;
  stored: StoredReference;
}

/** Predictions that do not count in metrics, for another one of their entity does. */
export function repeatNotes({ monitor: { columns }, asked, rows, stored }: Counted): string[] {
  const { entity = [], prediction, timestamp } = columns;
  if (prediction?.use === undefined) return [];
  const names = entity.join(', ');
  const lacking = `for they lack ${names} or ${timestamp.column} (prediction.use)`;
  const n = total(asked['repeats'], 'n');
  const before = total(stored.profile.asked['repeats'], 'n');
  const further =
    `${n} of ${rows} rows are a further prediction of their ${names}: metrics count ` +
    `the ${prediction.use} one in the window (prediction.use)`;
  const none = `none of the ${rows} rows counts in metrics, ${lacking}`;
  return [
    ...(n === 0 ? [] : [n === rows ? none : further]),
    ...(before > 0 && before === stored.rows
      ? [`reference: none of its rows counts in metrics, ${lacking}`]
      : []),
  ];
}

/** How the rows of the reference weigh. */
export function weightNotes({ monitor, stored }: Pick<Counted, 'monitor' | 'stored'>): string[] {
  const weight = referenceWeight(monitor);
  const { weights } = stored.profile.asked;
  if (weight === undefined || weights === undefined) return [];
  const [n, unweighed] = [total(weights), total(weights, 'unweighed')];
  const none = unweighed === 0 ? '' : `, ${unweighed} without a weight that counts`;
  const alike = Math.floor(stored.profile.rows);
  return [
    `reference: its ${n} rows count by ${weight}, as much as ${alike} of one weight${none} ` +
      '(reference.drift.weight)',
  ];
}
