/**
 * The arm of whom or what a row is about: some, drawn at random once and for all, live without the
 * model. A row whose value is neither null nor blank and not of the holdout is of the treated arm.
 */
export interface ArmColumn {
  column: string;
  /** Values of the holdout arm, as text. */
  holdout: readonly string[];
}

export type Arm = 'holdout' | 'treated';

/** The dimension whose slices are the arms; no check but that of the arms looks at them. */
export const ARM = 'arm';
