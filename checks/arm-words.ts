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

const short = (value: number): string => String(Number(value.toPrecision(2)));

/** `amount by PSI 0.09 [0.05, 0.14], beyond the 0.01 of the reference` */
function sayPsi({ about, psi, low, high, before }: Contrast): string {
  const less =
    before === null ? '' : before > 0 ? `, beyond the ${short(before)} of the reference` : '';
  return `${about} by PSI ${short(psi)} [${short(low)}, ${short(high)}]${less}`;
}

/** The same with the bin that adds most, and with how much of what moved that is. */
function sayContrast(one: Contrast): string {
  const { psi, moved, bin } = one;
  const where = `most at ${bin.label} (${percent(bin.treated)} against ${percent(bin.holdout)})`;
  if (moved === null) return `${sayPsi(one)}, ${where}`;
  const share = psi > moved ? 'more than' : `${percent(psi / moved)} of`;
  return (
    `${sayPsi(one)}, ${where}; that is ${share} the ${short(moved)} that the model's arm is away ` +
    'from the reference'
  );
}

/** What p is compared with. */
function sayTest({ pValue, details }: Reading): string {
  const { look, alpha, compared } = details as Record<string, number>;
  const best = compared === 1 ? '' : ` for the best of ${String(compared)}`;
  return (
    `${pInWords(pValue ?? 1, Infinity)}${best}; at window ${String(look)} only p below ` +
    `${short(Number(alpha))} counts, so that all windows together err in at most 1 %`
  );
}

/** What could not be looked at. */
function sayOpen({ details }: Reading): string {
  const { thin, contrasts } = details as { thin: string[]; contrasts: Contrast[] };
  const old = contrasts.some(({ before }) => before === null)
    ? ' The reference does not tell what the arms differed by before.'
    : '';
  return thin.length === 0 ? old : `${old} Too few rows of an arm have ${thin.join(', ')}.`;
}

/** What the arms differ by, or that they do not. */
export function sayArms(given: Reading): string {
  const { contrasts, compared, sure } = given.details as {
    contrasts: Contrast[];
    compared: number;
    sure: number;
  };
  const arms =
    `${figure(given.nCurrent)} rows of the model's arm and ${figure(given.nReference)} of the ` +
    'holdout arm';
  const tail = `(${sayTest(given)}).${sayOpen(given)}`;
  if (!isCaused(given)) {
    const nearest = contrasts.slice(0, 1).map(sayPsi).join('');
    const many = compared === 1 ? 'the one thing' : `any of the ${String(compared)} things`;
    return `${arms} do not differ beyond chance in ${many} compared, most surely ${nearest} ${tail}`;
  }
  const more = sure > NAMED ? `; and in ${String(sure - NAMED)} more` : '';
  return (
    `${arms} differ more than arms drawn at random do: the deployment of the model causes it. ` +
    `They differ in ${contrasts.slice(0, NAMED).map(sayContrast).join('; in ')}${more} ${tail}`
  );
}
