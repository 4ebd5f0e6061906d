import { percent } from '../domain/judging/figures.js';
import { size } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { chanceOf, HARD_CHANCE } from './missing.js';
import type { Broken } from './schema-rules.js';

/** The reference has vectors of one size where so many of them have it. */
const ONE = 0.99;
/** A rise of this share of other sizes is a change. */
const MORE = 0.01;

/** Vectors have another size than the one that those of the reference have. */
export function sizeChanged({ current, reference }: Evidence, target: string): Broken | null {
  const [now, before] = [sizesOf(current, target), sizesOf(reference, target)];
  const [main] = before.sizes;
  if (main === undefined || now.n === 0 || main.n < ONE * before.n) return null;
  const others = now.sizes.filter(({ name }) => name !== main.name);
  const hits = others.reduce((sum, { n }) => sum + n, 0);
  const known = { hits: before.n - main.n, n: before.n };
  if (hits / now.n - known.hits / known.n < MORE) return null;
  if (chanceOf({ hits, n: now.n }, known) >= HARD_CHANCE) return null;
  const [most] = others;
  const seen =
    hits === now.n && others.length === 1
      ? `its vectors have ${numbers(most?.name)}, they had ${main.name}`
      : `${percent(hits / now.n)} of its vectors have not ${numbers(main.name)} as before, ` +
        `most of these ${most?.name}`;
  return { rule: 'size changed', seen };
}

const numbers = (name = ''): string => (name === '1' ? '1 number' : `${name} numbers`);

/** How many vectors of a column have so many numbers, the most frequent size first. */
function sizesOf(profile: Profile | null, target: string) {
  const counts = profile?.asked['sizes'];
  const rows = counts === undefined ? [] : Array.from({ length: size(counts) }, (_, row) => row);
  const sizes = rows.flatMap((row) => {
    if (counts?.by['column']?.[row] !== target) return [];
    return [{ name: String(counts.by['size']?.[row]), n: counts.sums['n']?.[row] ?? 0 }];
  });
  return { sizes, n: sizes.reduce((sum, one) => sum + one.n, 0) };
}
