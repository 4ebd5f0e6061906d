import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Reading } from '../domain/score.js';

/** Columns that a sentence names. */
const NAMED = 3;

/** What the arms differ by in one thing. */
export interface Contrast {
  about: string;
  /** PSI between the arms less what it was before, >= 0, with its 95 % interval. */
  psi: number;
  low: number;
  high: number;
  /** PSI between the arms on the reference; null: it does not tell them apart. */
  before: number | null;
  /** PSI from the reference to the treated arm; null: the reference does not have it. */
  moved: number | null;
  /** The bin that adds most, with its share of each arm. */
  bin: { label: string; treated: number; holdout: number };
  pValue: number;
}

/** True where the arms differ beyond chance. */
export const isCaused = ({ details }: Reading): boolean => Number(details['sure']) > 0;

/** `amount by PSI 0.09 [0.05, 0.14], most in 31 … 44 with 15 % and 9 %; …` */
function sayContrast({ about, psi, low, high, before, moved, bin }: Contrast): string {
  const short = (value: number) => String(Number(value.toPrecision(2)));
  const where = `most in ${bin.label} with ${percent(bin.treated)} and ${percent(bin.holdout)}`;
  const less = before === null ? '' : `, less the ${short(before)} of the reference`;
  const share =
    moved === null || moved === 0
      ? ''
      : `, ${percent(psi / moved)} of the ${short(moved)} that the model's arm is off the reference`;
  return `${about} by PSI ${short(psi)} [${short(low)}, ${short(high)}]${less}, ${where}${share}`;
}

/** What p is compared with, and what was not compared. */
function sayTest({ pValue, details }: Reading): string {
  const { look, alpha, compared } = details as Record<string, number>;
  const level = String(Number(Number(alpha).toPrecision(2)));
  const thin = details['thin'] as string[];
  const contrasts = details['contrasts'] as Contrast[];
  const many = compared === 1 ? '' : `, for the best of ${String(compared)}`;
  const left = thin.length === 0 ? '' : ` Too few rows of an arm have ${thin.join(', ')}.`;
  const old = contrasts.some(({ before }) => before === null)
    ? ' What the arms differed by before, the reference does not tell.'
    : '';
  return (
    ` (${pInWords(pValue ?? 1, Infinity)}${many}; at window ${String(look)} only p below ${level} ` +
    `counts, so that all windows together err in at most 1 %).${old}${left}`
  );
}

/** What the arms differ by, or that they do not. */
export function sayArms(given: Reading): string {
  const contrasts = given.details['contrasts'] as Contrast[];
  const { compared, sure } = given.details as Record<string, number>;
  const arms =
    `${figure(given.nCurrent)} rows of the model's arm and ${figure(given.nReference)} of the ` +
    'holdout';
  if (!isCaused(given)) {
    const [closest] = contrasts;
    return (
      `${arms} do not differ beyond chance in ${compared === 1 ? 'what' : `any of ${String(compared)} that`} ` +
      `was compared; surest is ${closest === undefined ? '' : sayContrast(closest)}${sayTest(given)}`
    );
  }
  const more = Number(sure) - NAMED;
  const rest = more > 0 ? `; and ${String(more)} more` : '';
  return (
    `${arms} differ, which arms drawn at random do not: the deployment of the model causes it. ` +
    `${contrasts.slice(0, NAMED).map(sayContrast).join('; ')}${rest}${sayTest(given)}`
  );
}
