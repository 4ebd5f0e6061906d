import { withAccepted } from '../domain/accepted.js';
import { coarseColumns } from '../domain/judging/coarsen.js';
import type { CheckSpec, Monitor, ReferenceSource } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import type { Instant } from '../domain/window.js';
import { versusWords } from './versus.js';

/**
 * The evidence as an entry of `checks` sees it: with its own reference nothing else is usual. A
 * level that people accepted stands in for a reference from before it.
 */
export function against(
  evidence: Evidence,
  of: { spec: CheckSpec; target: string; reference: Monitor['reference'] },
): Evidence {
  const { check, against: name } = of.spec;
  const source = sourceOf(of.spec, of.reference);
  const seen = isPart(source) ? onCoarse(evidence) : evidence;
  const reference = referenceOf(evidence, of.spec);
  const own = name === null ? seen : { ...seen, reference, periods: [], usual: null };
  const since = sinceOf(evidence, of.spec, of.reference);
  const asked = { check, target: of.target, ...(since === null ? {} : { since }) };
  const found = withAccepted(own, asked);
  if (found !== own || source === null || since === null) return found;
  return { ...own, versus: versusWords(source, own.current.window, reference) };
}

/** When the rows of an entry's reference begin; null: it is the one that stays for all windows. */
export function sinceOf(
  evidence: Evidence,
  spec: Named,
  reference: Monitor['reference'],
): Instant | null {
  const source = sourceOf(spec, reference);
  const isOther = spec.against !== null || (source !== null && isMoving(source));
  return isOther ? (referenceOf(evidence, spec)?.window.start ?? -Infinity) : null;
}

type Named = Pick<CheckSpec, 'against'>;

const sourceOf = ({ against: name }: Named, { drift, others }: Monitor['reference']) =>
  name === null ? drift : (others[name] ?? null);

const referenceOf = ({ reference, references }: Evidence, { against: name }: Named) =>
  name === null ? reference : (references[name] ?? null);

const isPart = (source: ReferenceSource | null | undefined): boolean => source?.kind === 'segment';

const isMoving = (source: ReferenceSource): boolean =>
  isPart(source) || source.kind === 'rolling' || source.kind === 'previous';

const coarse = new WeakMap<Profile, Profile>();

/** Parts of the rows are counted by coarse bins: what is put beside them has to be, too. */
function onCoarse(evidence: Evidence): Evidence {
  const { current, grid } = evidence;
  const known = coarse.get(current) ?? {
    ...current,
    columns: coarseColumns(grid, current.columns),
  };
  coarse.set(current, known);
  return { ...evidence, current: known };
}
