/** The column that says of a label who made it, and what its values mean; all others: outcomes. */
export interface LabelSourceColumn {
  column: string;
  /** The model itself. */
  model: readonly string[];
  /** A rule that was derived from the model. */
  rule: readonly string[];
  /** Somebody who saw the model's answer. */
  humanAssisted: readonly string[];
  /** Somebody who did not see it. */
  humanBlind: readonly string[];
  /** The rows that were labelled blind were drawn at random. */
  blindAtRandom: boolean;
}

/**
 * Who made a label; `random_blind`: blind, of a row that was drawn at random. '': nobody says, or
 * there is no label.
 */
export type SourceOfLabel =
  | 'outcome'
  | 'model'
  | 'rule'
  | 'human_assisted'
  | 'human_blind'
  | 'random_blind'
  | '';

/** The values by what they mean. */
export function meaningsOf(given: LabelSourceColumn): [SourceOfLabel, readonly string[]][] {
  return [
    ['model', given.model],
    ['rule', given.rule],
    ['human_assisted', given.humanAssisted],
    [given.blindAtRandom ? 'random_blind' : 'human_blind', given.humanBlind],
  ];
}
