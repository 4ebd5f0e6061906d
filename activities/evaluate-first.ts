import type { Finding } from '../domain/finding.js';
import type { StoredReference } from '../lake/reference-store.js';
import type { Evidences } from './evaluate-evidence.js';

/** Without the reference where that is the window itself: compared with its own rows, all is ok. */
export function seenIn(first: boolean, found: Evidences): Evidences {
  const { evidence, slices } = found;
  if (!first) return found;
  return {
    ...found,
    evidence: { ...evidence, reference: null },
    slices: slices.map((one) => ({ ...one, reference: null })),
  };
}

const FIRST = 'first window: ';

/** Notes without the one on a first window, which is over once it is evaluated; as they were. */
export function lastingNotes(notes: readonly string[] = []): string[] {
  return notes.filter((note) => !note.startsWith(FIRST));
}

/** What people have to know of a first window without a reference of its own. */
export function firstNotes({ rows }: StoredReference): string[] {
  if (rows === 0) return [];
  return [
    `${FIRST}it is the reference, for the monitor names none, so nothing was compared; the ` +
      'windows after it are, once "aftercare apply" has it evaluated. Or name one: reference:',
  ];
}

/** Says of what was not compared that the window is its own reference. */
export function saidOf(first: boolean, findings: readonly Finding[]): readonly Finding[] {
  if (!first) return findings;
  return findings.map((finding) =>
    finding.reason === 'no_reference' ? { ...finding, sentence: sentenceOf(finding) } : finding,
  );
}

function sentenceOf({ check, target }: Finding): string {
  const isWhole = target === check || target === 'rows';
  const what = isWhole ? check : `${check} of ${target}`;
  return `${what}: not compared, the first window is the reference itself.`;
}
