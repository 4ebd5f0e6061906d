import { actionColumns } from '../domain/action.js';
import type { ActionColumns } from '../domain/action.js';
import { quoteName, quoteText } from './ask.js';
import { plainText } from './window-time.js';

type Types = Readonly<Record<string, string>>;

/** The columns of the action that rows of these types do not have. */
export const undecidedBy = (action: ActionColumns | undefined, types: Types) =>
  actionColumns(action).flatMap(([, column]) => (column in types ? [] : [column]));

/** SQL of what became of a row, a Decision; '' of all where a column of the action is gone. */
export function decisionOf(action: ActionColumns, types: Types): string {
  if (undecidedBy(action, types).length > 0) return "''";
  const { column, censors, alters, explored, wouldAct } = action;
  const choice = plainText(quoteName(column), types[column] ?? '');
  const isOne = (values: readonly string[]) =>
    values.length === 0 ? 'false' : `${choice} in (${values.map(quoteText).join(', ')})`;
  const acted = isOne([...censors, ...alters]);
  const held = explored === null ? 'false' : `coalesce(${truthOf(explored)}, false)`;
  const band = wouldAct === null ? `(${acted} or ${held})` : truthOf(wouldAct);
  return [
    `case when ${choice} is null or ${band} is null then ''`,
    `when not ${band} then case when ${acted} then 'beyond' else 'free' end`,
    `when ${held} then case when ${acted} then 'breached' else 'explored' end`,
    `when ${isOne(censors)} then 'censored' when ${acted} then 'altered' else 'missed' end`,
  ].join(' ');
}

/** SQL of a column of yes and no, whatever its type; null where it says neither. */
function truthOf(column: string): string {
  const text = `trim(lower(${quoteName(column)}::varchar))`;
  const list = (values: readonly string[]) => `${text} in (${values.map(quoteText).join(', ')})`;
  const yes = list(['true', 't', 'yes', 'y', '1', '1.0']);
  const no = list(['false', 'f', 'no', 'n', '0', '0.0']);
  return `(case when ${yes} then true when ${no} then false end)`;
}
