import type { Decision } from '../domain/action.js';
import type { SourceOfLabel } from '../domain/label-source.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';

/** Labelled rows of one kind. */
export interface Labelled {
  n: number;
  positive: boolean;
  /** The label is the class that the model said; null: it said none. */
  agrees: boolean | null;
  /** Σ of their scores; NaN where these are no probabilities. */
  scores: number;
  /** '': nobody says. */
  decision: Decision;
  source: SourceOfLabel;
}

/** True where it was counted who made the labels. */
export const isSourced = (outcomes: Outcomes | null): outcomes is Outcomes =>
  outcomes?.by['source'] !== undefined;

/** The labelled rows of some outcomes, with what is known of them. */
export function labelledIn(outcomes: Outcomes): Labelled[] {
  const { by, sums } = outcomes;
  const text = (name: string, cell: number) => String(by[name]?.[cell] ?? '');
  return Array.from({ length: size(outcomes) }, (_, cell): Labelled => {
    const [label, predicted] = [text('label', cell), text('predicted', cell)];
    return {
      n: label === '' ? 0 : (sums['n']?.[cell] ?? 0),
      positive: label === '1',
      agrees: predicted === '' ? null : predicted === label,
      scores: sums['scores']?.[cell] ?? NaN,
      decision: text('decision', cell) as Decision,
      source: text('source', cell) as SourceOfLabel,
    };
  }).filter(({ n }) => n > 0);
}

/** How many rows there are of some. */
export const rowsIn = (some: readonly Labelled[]): number =>
  some.reduce((sum, { n }) => sum + n, 0);
