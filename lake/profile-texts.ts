import { CATEGORY } from '../domain/profile.js';
import type { Counts } from '../domain/profile.js';
import { askColumns } from './ask.js';
import type { Duck } from './duck.js';
import type { ColumnOf } from './profile-numeric.js';

/** Counts of a categorical column by `value`, every text by its name: nothing is folded. */
export async function profileTexts(db: Duck, at: ColumnOf): Promise<Counts> {
  const found = await askColumns(db, 'profile/texts', { ...at });
  const value = (found['value'] ?? []).map((text) =>
    text === null ? CATEGORY.missing : String(text),
  );
  return { by: { value }, sums: { n: Float64Array.from(found['n'] ?? [], Number) } };
}
