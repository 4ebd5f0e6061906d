import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Window } from '../domain/window.js';
import type { Lake } from '../lake/lake.js';
import { added } from './added.js';
import { isSound, profiledEarlier } from './earlier-windows.js';
import type { Looked, Unjudged } from './earlier-windows.js';

interface Moving extends Looked {
  /** Of the reference, for its note. */
  name: string;
  /** Gets a sentence where windows that nobody has judged are part of it. */
  notes: string[];
}

/**
 * Windows before without broken data, added up: all rows fine, slices coarse. Where too few are
 * committed the others are made by `profile`; null: they are left out.
 */
export async function windowParts(
  lake: Lake,
  from: Moving,
  profile: ((window: Window) => Promise<readonly Profile[]>) | null,
): Promise<readonly Profile[]> {
  const { before, which, window, stored, notes } = from;
  const could = before.filter(
    (commit) =>
      commit.file !== '' &&
      commit.error === null &&
      isSound(commit) &&
      (!which.weekday || commit.window.weekday === window.weekday),
  );
  const own = could.slice(-which.windows);
  const parts: (readonly Profile[])[] = [];
  if (profile !== null && own.length < which.windows) {
    const lacking = { ...which, windows: which.windows - own.length };
    const unjudged = await profiledEarlier({ ...from, which: lacking }, profile);
    parts.push(...unjudged.parts);
    notes.push(...noteOf(from.name, unjudged));
  }
  for (const commit of own) {
    const whole = await lake.profileOf(commit);
    if (whole === null || whole.grid !== stored.grid.id || whole.rows === 0) continue;
    const [[, ...slices] = []] = await lake.coarseParts([commit]);
    parts.push([whole, ...slices]);
  }
  const all = parts.flat();
  const names = all.filter(
    ({ slice }, index) => all.findIndex((one) => isSameSlice(one.slice, slice)) === index,
  );
  return names.map(({ slice }) => added(all.filter((one) => isSameSlice(one.slice, slice))));
}

/** What is not known of windows that were counted from the source; [] without any. */
function noteOf(name: string, { parts, broken }: Unjudged): string[] {
  if (parts.length + broken === 0) return [];
  const words = (n: number, rest: string): string =>
    `${n} ${n === 1 ? 'window' : 'windows'}${rest}`;
  const left = `${words(broken, '')} with broken data ${broken === 1 ? 'was' : 'were'} left out`;
  if (parts.length === 0) return [`reference ${name}: ${left}, and no other is there`];
  return [
    `reference ${name} has ${words(parts.length, ' that nobody has judged')}, counted from the ` +
      `source: bad ones may be among them${broken === 0 ? '' : `; ${left}`}`,
  ];
}
