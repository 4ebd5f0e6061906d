import type { Key, Reading } from '../score.js';
import { inZone } from '../zone.js';
import { figure, lengthInWords, LENGTHS } from './figures.js';
import type { Rules } from './rules.js';

/** Why nothing was judged, in one sentence. */
export function unknownInWords(
  score: Key & Reading,
  { limits, timezone }: Pick<Rules, 'limits' | 'timezone'>,
): string {
  const { details, nCurrent, nReference } = score;
  // A check about the model itself has no other target worth naming.
  const isWhole = score.target === score.check || score.target === 'rows';
  const what = isWhole ? score.check : `${score.check} of ${score.target}`;
  const note = typeof details['note'] === 'string' ? details['note'] : null;
  switch (score.reason) {
    case 'insufficient_data':
      if (note !== null) return `${what}: ${note}.`;
      return `${what}: ${nCurrent} ${nCurrent === 1 ? 'row' : 'rows'} now and ${nReference} in the reference, ${limits.minRows} needed.`;
    case 'immature': {
      const at = details['matureAt'];
      const since =
        typeof at === 'number' ? `; they are complete from ${inZone(at, timezone)}` : '';
      const soFar = note === null ? '' : ` So far ${note}.`;
      return `${what}: its labels are not mature yet${since}.${soFar}`;
    }
    case 'no_reference': {
      const words = LENGTHS.has(score.check) ? lengthInWords : figure;
      const said = score.value === null ? `${what}:` : `${what} is ${words(score.value)};`;
      return `${said} ${note ?? 'there is no reference to compare with'}.`;
    }
    case 'not_applicable':
      return `${what}: ${note ?? 'it does not apply here'}.`;
    case 'not_evaluated':
      return `${what}: ${note ?? 'the window was not evaluated'}.`;
    case 'label_fault':
      return `${what}: the labels are at fault, ${note ?? 'so they judge nothing'}.`;
    case 'error':
      return `${what} failed: ${note ?? 'no more is known'}.`;
    case null:
      return `${what}: not judged.`;
  }
}
