import { withAccepted } from '../domain/accepted.js';
import { coarseColumns } from '../domain/judging/coarsen.js';
import type { CheckSpec, Monitor, ReferenceSource } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';

/** The evidence as an entry of `checks` sees it; with its own reference nothing else is usual. */
export function against(
  evidence: Evidence,
  of: { spec: CheckSpec; target: string; reference: Monitor['reference'] },
): Evidence {
  const { check, against } = of.spec;
  if (against === null) {
    const seen = isPart(of.reference.drift) ? onCoarse(evidence) : evidence;
    return withAccepted(seen, { check, target: of.target });
  }
  const seen = isPart(of.reference.others[against]) ? onCoarse(evidence) : evidence;
  return { ...seen, reference: evidence.references[against] ?? null, periods: [], usual: null };
}

const isPart = (source: ReferenceSource | null | undefined): boolean => source?.kind === 'segment';

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
