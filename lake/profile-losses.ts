import { LOSS_CELL } from '../domain/loss-axis.js';
import type { LossAxis, LossColumn } from '../domain/loss-axis.js';
import { LOSS_KEYS } from '../domain/losses.js';
import type { Losses } from '../domain/losses.js';
import type { Monitor } from '../domain/monitor.js';
import type { Grid } from '../domain/profile.js';
import { askColumns, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';

/** Which losses are asked for. */
export interface LossesAsked {
  monitor: Monitor;
  grid: Grid;
  types: Readonly<Record<string, string>>;
  /** Also where no check asks: of a reference, which outlives a list of checks. */
  every?: boolean | undefined;
}

const ASKING = new Set(['estimated_performance', 'concept_gap']);

/** The columns whose cells part losses; [] where nobody asks, or nothing tells them. */
function lossColumns({ monitor, grid, every }: Omit<LossesAsked, 'types'>): LossColumn[] {
  const isAsked = every === true || monitor.checks.some(({ check }) => ASKING.has(check));
  return isAsked ? [...(grid.losses ?? [])] : [];
}

/** SQL of the cells that a row lies in, a comma before each; empty where none is asked for. */
export function lossCells(of: LossesAsked): string {
  const columns = lossColumns(of);
  if (columns.length === 0) return '';
  const cells = columns.map(({ column, cells }) =>
    column in of.types ? cellIn(column, cells) : `${LOSS_CELL.beyond}`,
  );
  return LOSS_KEYS.map((key, place) => `, ${cells[place] ?? '0'} as loss_${key}`).join('');
}

/** What these columns are called in the rows. */
export const columnsOfLosses = (of: Omit<LossesAsked, 'types'>): string[] =>
  lossColumns(of).map(({ column }) => column);

/** The names of the cells, a comma before each. */
export const lossNames = (of: LossesAsked): string =>
  lossColumns(of).length === 0 ? '' : LOSS_KEYS.map((key) => `, loss_${key}`).join('');

/** As `lossCell` of domain/losses.ts has it. */
function cellIn(column: string, axis: LossAxis): string {
  const { beyond, missing } = LOSS_CELL;
  if (axis.kind === 'numeric') {
    const value = `try_cast(${quoteName(column)} as double)`;
    const number = (at: number) => `(${at})::double`;
    const within = `${value} between ${number(axis.min)} and ${number(axis.max)}`;
    const cell = halved(axis.cuts, (cut) => `${value} < ${number(cut)}`);
    return `case when ${within} then ${cell} when isfinite(${value}) then ${beyond} else ${missing} end`;
  }
  const value = `${quoteName(column)}::varchar`;
  const own = axis.own.map(
    (text, place) => ` when ${value} = ${quoteText(text)} then ${place + 1}`,
  );
  const others =
    axis.others.length === 0
      ? ''
      : ` when ${value} in (${axis.others.map(quoteText).join(', ')}) then ${axis.own.length + 1}`;
  return `case when ${value} is null then ${missing}${own.join('')}${others} else ${beyond} end`;
}

/** SQL of the number of a part, from 1: by halves, for each row is put to five cuts of twenty. */
function halved(cuts: readonly number[], below: (cut: number) => string, first = 1): string {
  const middle = cuts.length >> 1;
  const cut = cuts[middle];
  if (cut === undefined) return `${first}`;
  const low = halved(cuts.slice(0, middle), below, first);
  const high = halved(cuts.slice(middle + 1), below, first + middle + 1);
  return `case when ${below(cut)} then ${low} else ${high} end`;
}

/** The answer `losses` of predictions joined with their labels; {} where none is asked for. */
export async function lossesOf(
  db: Duck,
  of: LossesAsked,
  joined: string,
): Promise<{ losses?: Losses }> {
  const columns = lossColumns(of);
  if (columns.length === 0) return {};
  const cells = LOSS_KEYS.map((key) => `loss_${key} as "${key}"`).join(', ');
  const select = `select score, truth, label, ${cells} from ${joined}`;
  const found = await askColumns(db, 'performance/losses', { joined: { select } });
  const whole = (name: string) => Int32Array.from(found[name] ?? [], Number);
  const sum = (name: string) => Float64Array.from(found[name] ?? [], Number);
  const keys = LOSS_KEYS.slice(0, columns.length);
  const losses = {
    by: {
      ...Object.fromEntries(keys.map((key) => [key, whole(key)])),
      label: (found['label'] ?? []).map(String),
    },
    sums: {
      n: sum('n'),
      ...{ errors: sum('errors'), squaredErrors: sum('squared_errors') },
      ...{ labels: sum('labels'), squaredLabels: sum('squared_labels') },
    },
  };
  return { losses };
}
