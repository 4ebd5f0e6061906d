import type { Monitor, SourceSpec } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import { isFiles } from '../domain/source-spec.js';
import { askedOf, look } from '../sources/locate.js';
import type { App } from './app.js';
import { loadAll } from './load.js';
import { worldOf } from './sources.js';

/**
 * Reaches for the sources of every model: predictions, labels, training rows. An Error names each
 * that cannot be reached; where one has nothing, that is said.
 */
export async function diagnoseSources(app: App): Promise<{ state: 'ok' | 'warn'; words: string }> {
  const { models } = await loadAll(app, 'all problems');
  const world = worldOf(app);
  const [empty, faults]: [string[], string[]] = [[], []];
  let count = 0;
  for (const { id, published } of models) {
    const asked = askedOf(published.monitor, null);
    for (const [what, source] of sourcesOf(published.monitor)) {
      count++;
      const named = `${id}: ${what} ${isFiles(source) ? '' : `${source.kind} `}${source.path}`;
      try {
        if ((await look(source, asked, world)).isEmpty) empty.push(named);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        faults.push(`${id}: ${what}: ${error.message}`);
      }
    }
  }
  if (faults.length > 0) throw new Error(faults.join('. '));
  if (empty.length === 0) {
    return { state: 'ok', words: `all ${count} of ${models.length} models answer` };
  }
  const words = `nothing in ${empty.join('; ')}. Is it right, seen from ${process.cwd()}?`;
  return { state: 'warn', words };
}

function sourcesOf({ predictions, labels, reference }: Monitor): [string, SourceSpec][] {
  const { drift, others } = reference;
  const training = [drift, ...Object.values(others)].flatMap((one): [string, SourceSpec][] =>
    one?.kind === 'training' ? [['reference', one.from]] : [],
  );
  const own: [string, SourceSpec][] = labels?.from == null ? [] : [['labels', labels.from]];
  return [['predictions', predictions], ...own, ...training];
}
