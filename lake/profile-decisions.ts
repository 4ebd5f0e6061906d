import { actionColumns, ACTED, BAND, CHANCE, HELD } from '../domain/action.js';
import type { ActionColumns, Decision } from '../domain/action.js';
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

/** Parts of a halving by which chances are told apart, and how many halvings. */
const PARTS = 8;
const HALVINGS = 10;

/** SQL of the column of the propensity, null where it is gone; '' where the monitor names none. */
export function propensityOf({ propensity }: ActionColumns, types: Types): string {
  if (propensity === undefined) return '';
  const given = propensity in types ? `${quoteName(propensity)}::double` : 'null::double';
  return `, ${given} as propensity`;
}

const isOne = (of: readonly Decision[]): string => `decision in (${of.map(quoteText).join(', ')})`;

/**
 * SQL over decision and propensity: stratum, how likely a row of the band was held out (as CHANCE
 * has it), and weight, one over that; 0 where nobody says.
 */
export function strataOf(): string {
  const chance = '(1 - least(1, greatest(0, propensity)))';
  const place = `least(${PARTS * HALVINGS}, round(-${PARTS} * log2(${chance})))::integer`;
  const stratum = [
    `case when not (${isOne(BAND)}) then ''`,
    // as of scores: by so much numbers are rounded
    `when propensity is null or propensity not between -1e-9 and 1 + 1e-9 then '${CHANCE.none}'`,
    `when ${chance} = 0 then case when ${isOne(HELD)} then '${CHANCE.none}' else '${CHANCE.certain}' end`,
    `when ${chance} = 1 and ${isOne(ACTED)} then '${CHANCE.none}'`,
    `else ${place}::varchar end`,
  ].join(' ');
  const weight = `case when stratum in ('', '${CHANCE.none}', '${CHANCE.certain}') then 0 else 1 / ${chance} end`;
  return `${stratum} as stratum, (${weight})::double as weight`;
}

/** SQL of a column of yes and no, whatever its type; null where it says neither. */
function truthOf(column: string): string {
  const text = `trim(lower(${quoteName(column)}::varchar))`;
  const list = (values: readonly string[]) => `${text} in (${values.map(quoteText).join(', ')})`;
  const yes = list(['true', 't', 'yes', 'y', '1', '1.0']);
  const no = list(['false', 'f', 'no', 'n', '0', '0.0']);
  return `(case when ${yes} then true when ${no} then false end)`;
}
