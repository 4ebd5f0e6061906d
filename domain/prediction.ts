/**
 * `probability`: of the positive class, 0 to 1; `value`: a regression; `label`: a class; `ranking`:
 * the place of an item among those of its request.
 */
export interface Prediction {
  kind: 'probability' | 'value' | 'label' | 'ranking';
  column: string;
  /** Decision threshold on a probability, 0 to 1, or the column that has that of each row. */
  threshold: number | string;
  /** Which prediction of an entity in a window counts, by its time; absent: each of them. */
  use?: 'first' | 'last';
  /** Of a class: class → column of its probability; absent: nobody says. */
  probabilities?: Readonly<Record<string, string>>;
  /** Of a ranking: the columns beside the place, and how many places count. */
  ranking?: { request: string; item: string; relevance: string | null; k: number };
}

/** The columns of a prediction with their paths below `columns.prediction`; none is a feature. */
export function predictionColumns(prediction: Prediction | null): [path: string[], string][] {
  if (prediction === null) return [];
  const { kind, column, threshold, probabilities = {}, ranking } = prediction;
  const key = { probability: 'score', value: 'value', label: 'label', ranking: 'position' }[kind];
  const chances = Object.entries(probabilities);
  const { request, item, relevance = null } = ranking ?? {};
  return [
    [[key], column],
    ...(typeof threshold === 'string' ? [[['threshold'], threshold] as [string[], string]] : []),
    ...chances.map(([name, of]): [string[], string] => [['probabilities', name], of]),
    ...Object.entries({ request, item, relevance }).flatMap(([name, of]): [string[], string][] =>
      of == null ? [] : [[[name], of]],
    ),
  ];
}
