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
  /**
   * Column of the chance, 0 to 1, with which a row of the band was acted on and not held out; at 1
   * it never is held out. Absent: all have the same one.
   */
  propensity?: string;
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

/**
 * Rows of the band by their chance of being held out, 1 - propensity, in steps of 9 %: '0' about 1,
 * '8' about 1/2, '16' about 1/4 … '80' about 1/1024 and less. `certain`: it is 0. `none`: the
 * propensity is not from 0 to 1, or it is 1 of a row held out or 0 of one acted on. '': outside of
 * the band. The sum `weights` of outcomes is that of 1 / (1 - propensity) of rows with a number.
 */
export const CHANCE = { certain: 'certain', none: 'none' } as const;

/** Acted on, for whatever reason. */
export const ALL_ACTED: readonly Decision[] = ['censored', 'altered', 'breached', 'beyond'];

/** Surely not acted on. */
export const NOT_ACTED: readonly Decision[] = ['explored', 'missed', 'free'];

/** Where the model would act. */
export const BAND: readonly Decision[] = ['censored', 'altered', 'explored', 'breached', 'missed'];
export const ACTED: readonly Decision[] = ['censored', 'altered'];
/**
 * Held out at random; those that were acted on all the same are among them, for what chance put
 * there stays there.
 */
export const HELD: readonly Decision[] = ['explored', 'breached'];

/** Where the model would not act. */
export const OUTSIDE: readonly Decision[] = ['beyond', 'free'];

/** The columns of an action with their paths below `columns.action`; none is a feature. */
export function actionColumns(action: ActionColumns | undefined): [path: string, column: string][] {
  if (action === undefined) return [];
  const { column, wouldAct, explored, propensity = null } = action;
  return Object.entries({ column, would_act: wouldAct, explored, propensity }).flatMap(
    ([path, name]): [string, string][] => (name === null ? [] : [[path, name]]),
  );
}
