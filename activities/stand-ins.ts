import type { Profile } from '../domain/profile.js';
import type { Duck } from '../lake/duck.js';
import type { ProfileRequest } from '../lake/profile.js';
import { profileStandIns } from '../lake/stand-ins.js';
import type { Beside } from '../lake/stand-ins.js';
import type { Measuring } from './deps.js';
import type { ProfiledAnew } from './evaluate-labels.js';
import { locateLabels } from './located.js';

/**
 * Adds to a profile how labels that stand in met its rows, where the monitor has such. Reads only;
 * an evaluation that is done once more keeps what was told. Throws SourceError as `profileWindow`.
 */
export async function withStandIns(
  db: Duck,
  profiled: ProfiledAnew,
  { request, world }: { request: ProfileRequest; world: Measuring['world'] },
): Promise<ProfiledAnew> {
  const { standIns = [] } = request.monitor;
  const isTold = 'stand_ins' in profiled.profile.asked;
  if (standIns.length === 0 || isTold || profiled.profile.rows === 0) return profiled;
  const { signal } = db.options;
  const beside: Beside[] = [];
  for (const standIn of standIns) {
    const monitor = { ...request.monitor, labels: standIn };
    const located = await locateLabels({ world }, { monitor, due: request, signal });
    if (located !== null) beside.push({ standIn, located });
  }
  const found = await profileStandIns(db, request, beside);
  const add = (one: Profile): Profile => ({ ...one, asked: { ...one.asked, stand_ins: found } });
  return { ...profiled, profile: add(profiled.profile), stored: add(profiled.stored) };
}
