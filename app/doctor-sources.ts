import type { Monitor, SourceSpec } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import { isFiles } from '../domain/source-spec.js';
import { askedOf, look } from '../sources/locate.js';
import { askPrometheus } from '../sources/prometheus.js';
import type { Asked, World } from '../sources/source.js';
import type { App } from './app.js';
import { loadAll } from './load.js';
import { worldOf } from './sources.js';

/**
 * Reaches for the sources of every model: predictions and what joins them, labels, training
 * rows, and the series of the
 * last hour. An Error names each that cannot be reached; where one has nothing, that is said.
 */
export async function diagnoseSources(app: App): Promise<{ state: 'ok' | 'warn'; words: string }> {
  const { models } = await loadAll(app, 'all problems');
  const world = worldOf(app);
  const [empty, faults]: [string[], string[]] = [[], []];
  let count = 0;
  for (const { id, published } of models) {
    const asked = askedOf(published.monitor, null);
    for (const { what, named, isEmpty } of placesOf(published.monitor, asked, world)) {
      count++;
      try {
        if (await isEmpty()) empty.push(`${id}: ${what} ${named}`.trimEnd());
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

/** Something to reach for. */
interface Place {
  what: string;
  named: string;
  /** Throws SourceError when it cannot be reached. */
  isEmpty: () => Promise<boolean>;
}

const HOUR = 3_600_000;
const TIMEOUT = 5_000;

function placesOf(monitor: Monitor, asked: Asked, world: World): Place[] {
  const rows = sourcesOf(monitor).map(([what, source]): Place => {
    const named = `${isFiles(source) ? '' : `${source.kind} `}${source.path}`;
    return { what, named, isEmpty: async () => (await look(source, asked, world)).isEmpty };
  });
  const end = world.clock();
  const series = (monitor.metrics ?? []).flatMap((server) =>
    Object.entries(server.series).map(([name, { query }]): Place => {
      const hour = { query, span: { start: end - HOUR, end }, timeout: TIMEOUT };
      const isEmpty = async () => {
        const { points } = await askPrometheus({ ...server, step: null }, hour, {
          ...{ owner: asked.owner, world },
        });
        return points.length === 0;
      };
      return { what: `metrics ${name}`, named: '', isEmpty };
    }),
  );
  return [...rows, ...series];
}

/** Every source of rows that a monitor names, with what it is. */
export function sourcesOf({
  predictions,
  labels,
  standIns = [],
  reference,
}: Monitor): [string, SourceSpec][] {
  const { drift, others } = reference;
  const training = [drift, ...Object.values(others)].flatMap((one): [string, SourceSpec][] =>
    one?.kind === 'training' ? [['reference', one.from]] : [],
  );
  const own = [labels, ...standIns].flatMap((one): [string, SourceSpec][] =>
    one?.from == null ? [] : [['labels', one.from]],
  );
  const joins = (predictions.joins ?? []).map(({ name, from }): [string, SourceSpec] => {
    return [`joins.${name}`, from];
  });
  return [['predictions', predictions], ...joins, ...own, ...training];
}
