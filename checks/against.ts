import { withAccepted } from '../domain/accepted.js';
import { coarseColumns } from '../domain/judging/coarsen.js';
import type { CheckSpec, Monitor, ReferenceSource } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { versusWords } from './versus.js';

/** The evidence as an entry of `checks` sees it; with its own reference nothing else is usual. */
export function against(
  evidence: Evidence,
  of: { spec: CheckSpec; target: string; reference: Monitor['reference'] },
): Evidence {
  const { check, against } = of.spec;
  if (against === null) {
    const { drift } = of.reference;
    const seen = isPart(drift) ? onCoarse(evidence) : evidence;
    const found = withAccepted(seen, { check, target: of.target });
    return found === seen && isMoving(drift) ? withWords(seen, drift) : found;
  }
  const source = of.reference.others[against];
  const seen = isPart(source) ? onCoarse(evidence) : evidence;
  const reference = evidence.references[against] ?? null;
  const other = { ...seen, reference, periods: [], usual: null };
  return source === undefined ? other : withWords(other, source);
}

const isPart = (source: ReferenceSource | null | undefined): boolean => source?.kind === 'segment';

const isMoving = (source: ReferenceSource | null): source is ReferenceSource =>
  isPart(source) || source?.kind === 'rolling' || source?.kind === 'previous';

function withWords(evidence: Evidence, source: ReferenceSource): Evidence {
  const { current, reference } = evidence;
  return { ...evidence, versus: versusWords(source, current.window, reference) };
}

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
