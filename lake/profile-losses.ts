import { LOSS_CELL, LOSS_KEYS, lossAxis, predictionAxis } from '../domain/losses.js';
import type { LossAxis, Losses } from '../domain/losses.js';
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

/** The features whose cells part losses; [] where nobody asks, or nothing tells them. */
export function lossColumns({ monitor, grid, every }: Omit<LossesAsked, 'types'>): string[] {
  const isAsked = every === true || monitor.checks.some(({ check }) => ASKING.has(check));
  return isAsked && monitor.columns.prediction?.kind === 'value' ? [...(grid.losses ?? [])] : [];
}

/** SQL of the cells that a row lies in, a comma before each; empty where none is asked for. */
export function lossCells(of: LossesAsked): string {
  const features = lossColumns(of);
  const { prediction } = of.monitor.columns;
  if (features.length === 0 || prediction === null) return '';
  const cell = (column: string, axis: LossAxis | null) =>
    axis !== null && column in of.types ? cellIn(column, axis) : `${LOSS_CELL.beyond}`;
  const cells = [
    cell(prediction.column, predictionAxis(of.grid.axes[prediction.column])),
    ...features.map((column) => cell(column, lossAxis(of.grid.axes[column]))),
  ];
  return LOSS_KEYS.map((key, place) => `, ${cells[place] ?? '0'} as loss_${key}`).join('');
}

/** The names of these columns, a comma before each. */
export const lossNames = (of: LossesAsked): string =>
  lossColumns(of).length === 0 ? '' : LOSS_KEYS.map((key) => `, loss_${key}`).join('');

/** As `lossCell` of domain/losses.ts has it. */
function cellIn(column: string, axis: LossAxis): string {
  const { beyond, missing } = LOSS_CELL;
  if (axis.kind === 'numeric') {
    const value = `try_cast(${quoteName(column)} as double)`;
    const number = (at: number) => `(${at})::double`;
    const cuts = axis.cuts.map((cut) => ` + (${value} >= ${number(cut)})::integer`).join('');
    return (
      `case when ${value} is null or not isfinite(${value}) then ${missing} ` +
      `when ${value} < ${number(axis.min)} or ${value} > ${number(axis.max)} then ${beyond} ` +
      `else 1${cuts} end`
    );
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

/** The answer `losses` of predictions joined with their labels; {} where none is asked for. */
export async function lossesOf(
  db: Duck,
  of: LossesAsked,
  joined: string,
): Promise<{ losses?: Losses }> {
  const features = lossColumns(of);
  if (features.length === 0) return {};
  const cells = LOSS_KEYS.map((key) => `loss_${key} as "${key}"`).join(', ');
  const select = `select score, truth, label, ${cells} from ${joined}`;
  const found = await askColumns(db, 'performance/losses', { joined: { select } });
  const whole = (name: string) => Int32Array.from(found[name] ?? [], Number);
  const sum = (name: string) => Float64Array.from(found[name] ?? [], Number);
  const keys = LOSS_KEYS.slice(0, features.length + 1);
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
