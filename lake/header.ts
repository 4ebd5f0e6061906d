import type { Counts, Profile } from '../domain/profile.js';
import type { Evaluation } from '../domain/run.js';
import { askedOfPart } from '../domain/custom.js';
import { shapeOf } from './cells.js';
import type { Part, Shape, Shaped } from './cells.js';
import { flatten, unflatten } from './flat.js';
import { fingerprint } from './objects.js';
import { encodeName, windowName } from './store.js';

/** An evaluation without its bulk. */
type Rest = Omit<Evaluation, 'findings' | 'profile' | 'slices' | 'coarse'> & {
  profile: Omit<Profile, 'columns' | 'outcomes' | 'asked'> | null;
  /** The rest of a slice is that of the profile. */
  slices: readonly Pick<Profile, 'slice' | 'rows' | 'newest'>[];
};

/** The row of an evaluation that says what the others are. */
export interface Header {
  version: 1;
  evaluation: Rest;
  shapes: readonly Shape[];
  /** Fingerprint of the findings. */
  findings: string;
}

export function headerOf(evaluation: Evaluation, shapes: readonly Shape[]): Header {
  const { findings, profile, slices: parts, ...rest } = { ...evaluation };
  delete rest.coarse;
  let small: Rest['profile'] = null;
  if (profile !== null) {
    const { grid, window, slice, rows, newest, types } = profile;
    small = { grid, window, slice, rows, newest, types };
  }
  const slices = parts.map(({ slice, rows, newest }) => ({ slice, rows, newest }));
  const kept = { ...rest, profile: small, slices };
  return { version: 1, evaluation: kept, shapes, findings: fingerprint(findings) };
}

/** All counts of an evaluation with their shapes, as a file numbers them. */
export function shapedOf({ profile, coarse, slices }: Evaluation): Shaped[] {
  if (profile === null) return [];
  const shaped = (part: Part, all: Readonly<Record<string, Counts>>): Shaped[] =>
    Object.entries(all).map(([name, counts]) => ({
      shape: shapeOf({ part, name, counts }),
      counts,
    }));
  const outcomes = profile.outcomes === null ? {} : { outcomes: profile.outcomes };
  const sliced = slices.map((slice) =>
    slice.outcomes === null ? {} : { outcomes: slice.outcomes },
  );
  return [
    ...shaped('columns', profile.columns),
    ...shaped('outcomes', outcomes),
    ...shaped('asked', profile.asked),
    ...shaped('coarse', flatten([coarse ?? {}, ...slices.map(({ columns }) => columns)])),
    ...shaped('sliced', flatten(sliced)),
  ];
}

/**
 * Where an evaluation lies: `evaluations/<model>/<window end>/<revision>-<attempt>-<hash>.parquet`,
 * with the first digits of the hash of its content.
 */
export function keyOf(evaluation: Evaluation, attempt: string, hash: string): string {
  const { model, window, revision } = evaluation;
  const name = `${revision}-${encodeName(attempt)}-${hash.slice(0, 16)}.parquet`;
  return `evaluations/${encodeName(model)}/${windowName(window.end)}/${name}`;
}

/** The hash in the key of an evaluation. */
export function hashOfKey(key: string): string {
  return /-([0-9a-f]{16})\.parquet$/.exec(key)?.[1] ?? '';
}

/** The hash of an evaluation's whole content, as far as its key holds it. */
export function hashOfEvaluation(evaluation: Evaluation): string {
  const shapes = shapedOf(evaluation).map(({ shape }) => shape);
  return fingerprint(headerOf(evaluation, shapes)).slice(0, 16);
}

/** What a header and its counts say; counts that were not read are left out. */
export function contentOf(
  { evaluation, shapes }: Header,
  counts: ReadonlyMap<number, Counts>,
): Pick<Evaluation, 'profile' | 'slices' | 'coarse'> {
  const { profile, slices } = evaluation;
  if (profile === null) return { profile, slices: [] };
  const named = (part: Part): Record<string, Counts> =>
    Object.fromEntries(
      shapes.flatMap((shape, index) => {
        const found = counts.get(index);
        return shape.part === part && found !== undefined ? [[shape.name, found]] : [];
      }),
    );
  const tables = Object.values(named('coarse'));
  const [coarse = {}, ...parts] = unflatten(tables, 1 + slices.length);
  const sliced = unflatten(Object.values(named('sliced')), slices.length);
  const outcomes = named('outcomes')['outcomes'] ?? null;
  const asked = named('asked');
  return {
    profile: { ...profile, columns: named('columns'), outcomes, asked },
    slices: slices.map((slice, index) => ({
      ...{ ...profile, ...slice, columns: parts[index] ?? {} },
      ...{ outcomes: sliced[index]?.['outcomes'] ?? null, asked: askedOfPart(asked, slice.slice) },
    })),
    ...(tables.length > 0 ? { coarse } : {}),
  };
}
