import type { Monitor } from '../domain/monitor.js';
import type { Counts, Profile } from '../domain/profile.js';
import type { Instant } from '../domain/window.js';
import { ask } from './ask.js';
import type { Derived } from './ask.js';
import type { Duck } from './duck.js';
import type { Relation } from './profile-projections.js';

/** Labels that cannot count, and the values of those that cannot be read. */
interface Odd {
  sums: Readonly<Record<string, unknown>>;
  unread: readonly Readonly<Record<string, unknown>>[];
  untimed: readonly Readonly<Record<string, unknown>>[];
}

/** As sql/performance/odd.sql takes them; `table` as labels.sql made it. */
export type Looked = Record<'rows' | 'keys' | 'all' | 'table', string>;

interface Asked {
  knownAt: Instant;
  monitor: Monitor;
}

/** Of labels that find their predictions by a key. */
export async function oddIn(db: Duck, of: Asked, looked: Looked): Promise<Odd> {
  const { rows, keys, all, table } = looked;
  const from = { rows, keys, all, known_ms: of.knownAt };
  const [sums = {}] = await ask(db, 'performance/odd', from);
  const [faults] = await ask(db, 'performance/faults', { labels: table });
  return textsIn(db, of, { sums: { ...sums, ...faults }, rows, keys });
}

/** Of labels in their predictions' rows; `alike`: as sql/performance/odd_own.sql takes them. */
export async function oddInside(
  db: Duck,
  of: Asked,
  { alike, rows, keys }: { alike: Derived; rows: string; keys: string },
): Promise<Odd> {
  const from = { rows: alike, known_ms: of.knownAt };
  const [sums = {}] = await ask(db, 'performance/odd_own', from);
  return textsIn(db, of, { sums, rows, keys });
}

async function textsIn(
  db: Duck,
  { monitor }: Asked,
  { sums, rows, keys }: Pick<Odd, 'sums'> & Pick<Looked, 'rows' | 'keys'>,
): Promise<Odd> {
  const texts = async (of: 'unread' | 'untimed'): Promise<Odd['unread']> =>
    Number(sums[of]) > 0 ? ask(db, 'performance/unread', { rows, keys, texts: of }) : [];
  const column = monitor.labels?.timestamp ?? '';
  const untimed = (await texts('untimed')).map((one) => ({ ...one, column }));
  return { sums, unread: await texts('unread'), untimed };
}

/** Texts that came, with what tells them apart; nothing without any. */
function textsOf(name: string, found: Odd['unread'], by: readonly string[]) {
  if (found.length === 0) return {};
  const told = by.map((key) => [key, found.map((one) => String(one[key]))] as const);
  const n = Float64Array.from(found, (one) => Number(one['n']));
  return { [name]: { by: Object.fromEntries(told), sums: { n } } };
}

const FAULTS = ['duplicates', 'conflicting'] as const;
const ODD = ['orphans', 'labels', 'keyless', 'met', 'unread', 'untimed', 'later'] as const;
const ABSENT = ['absent', 'aside'];

export function askedOf(
  outcomes: Counts,
  { sums, unread, untimed }: Odd,
  unmet?: Counts,
): Profile['asked'] {
  let joined = 0;
  outcomes.by['label']?.forEach((label: string | number, row: number) => {
    if (label !== '') joined += outcomes.sums['n']?.[row] ?? 0;
  });
  const absent = ABSENT.filter((name) => name in sums);
  const told = [...FAULTS, ...ODD, ...absent].map((name) => [
    name,
    Float64Array.of(Number(sums[name] ?? 0)),
  ]);
  const labels: Counts = {
    by: {},
    sums: {
      ...{ n: Float64Array.of(1), joined: Float64Array.of(joined - Number(sums['absent'] ?? 0)) },
      ...(Object.fromEntries(told) as Counts['sums']),
    },
  };
  const isUnmet = Number(sums['labels']) > 0 && Number(sums['met']) === 0;
  return {
    labels,
    ...textsOf('unread', unread, ['value']),
    ...textsOf('untimed', untimed, ['column', 'value']),
    ...(isUnmet && unmet && { unmet }),
  };
}

/** The keys of both sides with their types. */
export function unmetOf({ labels }: Monitor, { types }: Relation, predictions: Relation): Counts {
  const [here, there] = [Object.keys(labels?.on ?? {}), Object.values(labels?.on ?? {})];
  return {
    by: {
      key: there,
      there: there.map((name) => types[name] ?? ''),
      here: here.map((name) => predictions.types[name] ?? ''),
    },
    sums: { n: new Float64Array(there.length).fill(1) },
  };
}
