import { SourceError } from '../domain/source.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { sureFault } from './engine-words.js';
import { checkExpression } from './lockdown.js';

/**
 * Why a text is not one SQL expression over a row with these columns, in words; null: it is one, as
 * far as names tell. `columns` null: they are not known. Nothing is run.
 */
export async function faultOfExpression(
  db: Duck,
  text: string,
  columns: readonly string[] | null,
): Promise<string | null> {
  try {
    await checkExpression(db, text, { path: '', key: 'where' });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const said = error.message.slice(`: where: ${JSON.stringify(text)}: `.length);
    return said.slice(0, said.lastIndexOf('. Example: '));
  }
  if (columns === null) return null;
  // Values without a type go with everything.
  const row = columns.map((name) => `null as ${quoteName(name)}`).join(', ') || 'null as nothing';
  return perform(db, `explain select 1 from (select ${row}) where (\n${text}\n)`).then(
    () => null,
    sureFault,
  );
}
