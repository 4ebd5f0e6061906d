import type { Delays } from '../domain/delay.js';
import type { Duck } from './duck.js';
import { delaysOf } from './label-delays.js';
import { withLabels } from './profile-labels.js';
import { meetingOf, withSource } from './profile-source.js';
import type { ProfileRequest } from './profile-source.js';
import { outcomeColumns } from './profile.js';

/**
 * Only how long the labels of a window took, the answer `delays` of a profile; null: nobody can
 * tell. Reads what `profileOutcomes` reads, with its errors; writes nothing.
 */
export async function profileDelays(db: Duck, request: ProfileRequest): Promise<Delays | null> {
  const only = outcomeColumns(request.monitor);
  return withSource(db, { ...request, only }, async ({ db: own, rows, window }) => {
    if (window === null) return null;
    const meeting = meetingOf(request, { ...rows, view: window.view, files: rows.view });
    const found = await withLabels(own, meeting, (labels) => delaysOf(own, { ...meeting, labels }));
    return found.delays ?? null;
  });
}
