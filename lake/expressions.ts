import { SourceError } from '../domain/source.js';
import type { Duck } from './duck.js';
import { checkExpression } from './lockdown.js';

/** Why a text is not one SQL expression over a row, in words; null: it is one. Nothing is run. */
export async function faultOfExpression(db: Duck, text: string): Promise<string | null> {
  try {
    await checkExpression(db, text, { path: '', key: 'where' });
    return null;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const said = error.message.slice(`: where: ${JSON.stringify(text)}: `.length);
    return said.slice(0, said.lastIndexOf('. Example: ')).replace(/^Parser Error: /, '');
  }
}
