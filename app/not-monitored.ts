import type { Evaluated } from '../activities/evaluate.js';
import type { Monitor } from '../domain/monitor.js';
import { roleColumns } from '../domain/roles.js';
import { isRowIndex } from '../domain/row-index.js';

/** Columns named in a note. */
const NAMED = 5;

/** Why columns that came are not watched, though nobody left them out; null: all are watched. */
export function notMonitored(
  monitor: Monitor,
  { evaluation, reference, first }: Pick<Evaluated, 'evaluation' | 'reference' | 'first'>,
): string | null {
  if (reference === null || first === true) return null;
  const types = evaluation.profile?.types ?? {};
  const known = reference.profile.types;
  const open = candidates(monitor, Object.keys(types)).filter(
    (name) => reference.grid.axes[name] === undefined,
  );
  return noteOf(
    monitor,
    open.map((name) => [name, name in known ? types[name] : undefined]),
  );
}

/** As `notMonitored`, by the names alone. */
export function notInReference(
  monitor: Monitor,
  columns: readonly string[],
  reference: readonly string[],
): string | null {
  const open = candidates(monitor, columns).filter((name) => !reference.includes(name));
  return noteOf(
    monitor,
    open.map((name) => [name, undefined]),
  );
}

function candidates(monitor: Monitor, names: readonly string[]): string[] {
  const { rowSource, features } = monitor.columns;
  if (features.include !== '*') return [];
  const roles = new Set([...roleColumns(monitor), ...features.exclude, rowSource]);
  return names.filter((name) => !roles.has(name));
}

function noteOf(
  { predictions: { shape } }: Monitor,
  open: readonly (readonly [string, string | undefined])[],
): string | null {
  if (open.length === 0) return null;
  const made = Object.values(shape?.select ?? {}).join(' ');
  const told = open.slice(0, NAMED).map(([name, type]) => {
    const kind = isRowIndex(name) ? 'an index of pandas' : `of type ${type}`;
    const why = type === undefined ? 'not in the reference' : kind;
    return `${name} (${isNamed(name, made) ? 'read by predictions.select' : why})`;
  });
  const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : '';
  return `not monitored: ${told.join(', ')}${more}`;
}

/** Whether a name is a word of an SQL text. */
function isNamed(name: string, sql: string): boolean {
  return sql
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u)
    .includes(name.toLowerCase());
}
