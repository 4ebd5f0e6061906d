/** The columns that say what the model's answers led to, and what was left out of it at random. */
export interface ActionColumns {
  /** Column of the decision. */
  column: string;
  /** Column that is true where the model would act; null: where it acted, or was held out. */
  wouldAct: string | null;
  /** Decisions after which the outcome cannot be seen, as a block. */
  censors: readonly string[];
  /** Decisions that may change the outcome or its label, as a challenge. */
  alters: readonly string[];
  /** Column that is true where the action was left out at random; null: it never was. */
  explored: string | null;
}

/**
 * What became of a row. In the band where the model would act: `censored` and `altered` by its
 * action, `explored`: held out at random, `breached`: held out and acted on all the same, `missed`:
 * not acted on, and not at random. Outside of it: `beyond`: acted on, `free`: not. '': nobody says.
 */
export type Decision =
  | 'censored'
  | 'altered'
  | 'explored'
  | 'breached'
  | 'missed'
  | 'beyond'
  | 'free'
  | '';

/** Acted on, for whatever reason. */
export const ALL_ACTED: readonly Decision[] = ['censored', 'altered', 'breached', 'beyond'];

/** The columns of an action with their paths below `columns.action`; none is a feature. */
export function actionColumns(action: ActionColumns | undefined): [path: string, column: string][] {
  if (action === undefined) return [];
  const { column, wouldAct, explored } = action;
  return Object.entries({ column, would_act: wouldAct, explored }).flatMap(
    ([path, name]): [string, string][] => (name === null ? [] : [[path, name]]),
  );
}
