import type { Profile } from '../domain/profile.js';
import { SHADOW } from '../domain/traffic.js';
import { perform } from './ask.js';
import type { Duck } from './duck.js';
import { meetLabels } from './profile-labels.js';
import { emptyProfile, meetingOf } from './profile-source.js';
import type { ProfileRequest } from './profile-source.js';
import { fresh } from './window-files.js';
import type { OpenWindow } from './window-open.js';
import type { Rows } from './window-rows.js';

/** The slice of shadow rows, how they meet their labels and no more; [] where there is none. */
export async function shadowOf(
  db: Duck,
  request: ProfileRequest,
  { rows, window }: { rows: Rows; window: OpenWindow },
): Promise<Profile[]> {
  if (window.shadow === 0 || window.beside === null) return [];
  const view = fresh('shadow');
  await perform(db, `create view ${view} as ${window.beside.shadow}`);
  try {
    const { types, view: files } = rows;
    const { outcomes } = await meetLabels(db, meetingOf(request, { view, types, files }));
    return [{ ...emptyProfile(request), slice: SHADOW, rows: window.shadow, types, outcomes }];
  } finally {
    await perform(db, `drop view ${view}`);
  }
}
