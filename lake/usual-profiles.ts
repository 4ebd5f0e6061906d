import type { Counts, Profile } from '../domain/profile.js';
import { flatten, unflatten } from './flat.js';
import { pack, unpack } from './objects.js';
import { getJson } from './store.js';
import type { Store } from './store.js';

/** Numbers, or each with how often it stands in a row. */
type Runs = Int32Array | { runs: Int32Array };

/** Counts whose texts are numbers of words: most of them are repeated many times. */
interface Worded {
  by: Record<string, { words: readonly string[] | null; numbers: Runs }>;
  sums: Counts['sums'];
}

/** Profiles as few tables: one document is read far faster than the evaluations they are from. */
interface Packed {
  version: 1;
  list: readonly Omit<Profile, 'columns' | 'outcomes' | 'asked'>[];
  columns: readonly Worded[];
  outcomes: readonly Worded[];
  asked: readonly Worded[];
}

/**
 * The profiles under a key: made and written by whoever asks first, read from one document by all
 * others. `make` must give the same profiles at all times, for the lake keeps those of the first.
 */
export async function coarseOnce(
  store: Store,
  key: string,
  make: () => Promise<readonly Profile[]>,
): Promise<readonly Profile[]> {
  const standing = await getJson<unknown>(store, key);
  if (standing !== null) return unpacked(unpack(standing) as Packed);
  const profiles = await make();
  await store.putIfAbsent(key, JSON.stringify(pack(packed(profiles))));
  return profiles;
}

function packed(profiles: readonly Profile[]): Packed {
  const tables = (of: (one: Profile) => Readonly<Record<string, Counts>>) =>
    Object.values(flatten(profiles.map(of))).map(worded);
  return {
    version: 1,
    list: profiles.map(({ grid, window, slice, rows, newest, types }) => {
      return { grid, window, slice, rows, newest, types };
    }),
    columns: tables(({ columns }) => columns),
    outcomes: tables(({ outcomes }) => (outcomes === null ? {} : { outcomes })),
    asked: tables(({ asked }) => asked),
  };
}

function unpacked({ list, columns, outcomes, asked }: Packed): Profile[] {
  const all = unflatten(columns.map(plain), list.length);
  const met = unflatten(outcomes.map(plain), list.length);
  const answers = unflatten(asked.map(plain), list.length);
  return list.map((one, index) => ({
    ...{ ...one, columns: all[index] ?? {}, asked: answers[index] ?? {} },
    outcomes: met[index]?.['outcomes'] ?? null,
  }));
}

function worded({ by, sums }: Counts): Worded {
  const coded: Worded['by'] = {};
  for (const [key, cells] of Object.entries(by)) {
    if (cells instanceof Int32Array) {
      coded[key] = { words: null, numbers: runsOf(cells) };
      continue;
    }
    const words = [...new Set<string>(cells)];
    const places = new Map(words.map((word, index) => [word, index]));
    const numbers = Int32Array.from(cells, (cell) => places.get(cell) ?? 0);
    coded[key] = { words, numbers: runsOf(numbers) };
  }
  return { by: coded, sums };
}

function plain({ by, sums }: Worded): Counts {
  const keys = Object.entries(by).map(([key, { words, numbers }]) => {
    const all = numbersOf(numbers);
    const cells = words === null ? all : Array.from(all, (at): string => words[at] ?? '');
    return [key, cells] as const;
  });
  return { by: Object.fromEntries(keys), sums };
}

function runsOf(numbers: Int32Array): Runs {
  const runs: number[] = [];
  for (let from = 0; from < numbers.length;) {
    let to = from + 1;
    while (to < numbers.length && numbers[to] === numbers[from]) to++;
    runs.push(numbers[from] ?? 0, to - from);
    from = to;
  }
  return runs.length < numbers.length ? { runs: Int32Array.from(runs) } : numbers;
}

function numbersOf(numbers: Runs): Int32Array {
  if (numbers instanceof Int32Array) return numbers;
  const { runs } = numbers;
  let size = 0;
  for (let run = 1; run < runs.length; run += 2) size += runs[run] ?? 0;
  const all = new Int32Array(size);
  let from = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const to = from + (runs[run + 1] ?? 0);
    all.fill(runs[run] ?? 0, from, to);
    from = to;
  }
  return all;
}
