/** What a command's exit code says, as the reference page lists it. */
export const exitCodes = [
  { code: 0, word: 'ok', meaning: 'Done; a check found nothing at or above `--fail-on`.' },
  {
    code: 1,
    word: 'gate hit',
    meaning: 'Evaluated, and a finding is at or above `--fail-on`, or differs with `--reproduce`.',
  },
  {
    code: 2,
    word: 'refused',
    meaning: 'Usage, settings or files are wrong and nothing ran, or an act was refused.',
  },
  {
    code: 3,
    word: 'could not evaluate',
    meaning: 'A source, the lake or Temporal failed, or it is not known how an act ended.',
  },
  {
    code: 4,
    word: 'nothing could be judged',
    meaning: 'Too little data for any verdict on the model; `--allow-no-data` makes it 0.',
  },
  { code: 130, word: 'interrupted', meaning: 'Stopped by Ctrl-C.' },
] as const;

const WORST_FIRST = [2, 3, 1, 4];

/** The code of several outcomes. */
export function worstOf(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 0;
}

/** The words of an exit code, as the last line of a check says them. */
export function exitWords(code: number): string {
  return exitCodes.find((one) => one.code === code)?.word ?? 'unknown';
}
