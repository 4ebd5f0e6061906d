import type { Counts, Profile } from '../domain/profile.js';
import type { Evaluation } from '../domain/run.js';
import { placesOf, shapeOf } from './cells.js';
import type { Part, Shape } from './cells.js';
import { fingerprint } from './objects.js';
import { encodeName, windowName } from './store.js';

/** An evaluation without its bulk. */
type Rest = Omit<Evaluation, 'findings' | 'profile'> & {
  profile: Omit<Profile, 'columns' | 'outcomes' | 'asked'> | null;
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
  const { findings, profile, ...rest } = evaluation;
  let small: Rest['profile'] = null;
  if (profile !== null) {
    const { grid, window, slice, rows, newest, types } = profile;
    small = { grid, window, slice, rows, newest, types };
  }
  const kept = { ...rest, profile: small };
  return { version: 1, evaluation: kept, shapes, findings: fingerprint(findings) };
}

/** All counts of a profile with their shapes, as a file numbers them. */
export const shapedOf = (profile: Profile | null) =>
  profile === null
    ? []
    : placesOf(profile).map((place) => ({ shape: shapeOf(place), counts: place.counts }));

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
  const shapes = shapedOf(evaluation.profile).map(({ shape }) => shape);
  return fingerprint(headerOf(evaluation, shapes)).slice(0, 16);
}

/** The profile of a header and its counts; those that were not read are left out. */
export function profileOf(
  { evaluation, shapes }: Header,
  counts: ReadonlyMap<number, Counts>,
): Profile | null {
  if (evaluation.profile === null) return null;
  const named = (part: Part) =>
    Object.fromEntries(
      shapes.flatMap((shape, index) => {
        const found = counts.get(index);
        return shape.part === part && found !== undefined ? [[shape.name, found]] : [];
      }),
    );
  const { profile } = evaluation;
  const outcomes = named('outcomes')['outcomes'] ?? null;
  return { ...profile, columns: named('columns'), outcomes, asked: named('asked') };
}
