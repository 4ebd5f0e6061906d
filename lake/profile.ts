import { actionColumns } from '../domain/action.js';
import { itemColumn } from '../domain/items.js';
import { predictionColumns } from '../domain/prediction.js';
import { total, type Profile } from '../domain/profile.js';
import type { Manifest } from '../domain/run.js';
import { filesOf, type Located } from '../domain/source.js';
import type { Duck } from './duck.js';
import { askedOf, nothingAsked } from './profile-asked.js';
import { profileParts } from './profile-columns.js';
import { meetLabels } from './profile-labels.js';
import { columnsOfLosses } from './profile-losses.js';
import type { OutcomesFound } from './profile-outcomes.js';
import { shadowOf } from './profile-shadow.js';
import { slicesOf } from './profile-slices.js';
import { emptyProfile, meetingOf, withSource } from './profile-source.js';
import type { OpenSource, ProfileRequest } from './profile-source.js';
import { land } from './window-land.js';
import type { OpenWindow } from './window-open.js';
import { dimensionsOf, withParts } from './window-parts.js';
import { tellable } from './window-view.js';

export type { ProfileRequest };

/** A window's profile and where its rows came from. */
export interface ProfiledWindow {
  profile: Profile;
  /** Coarse profiles of its slices that have enough rows, in the order of their dimensions. */
  slices: readonly Profile[];
  manifest: Manifest;
  /** Rows of the files beyond the request's `reach`, which no window has. */
  outside: number;
  labels: Manifest | null;
  /** The file of landed rows below `landDir`, for the caller to store; null: read the files. */
  landedFile: string | null;
}

/** How predictions and labels of a window meet, and where both came from. */
export interface ProfiledOutcomes extends Omit<OutcomesFound, 'slices'> {
  slices: readonly Pick<Profile, 'slice' | 'outcomes'>[];
  manifest: Manifest;
  outside: number;
  labelManifest: Manifest | null;
}

/**
 * Turns the rows of a window into grouped counts on the grid. No file and no row are no error: the
 * profile has 0 rows. Throws SourceError when a file cannot be read or lacks a column that rows
 * cannot do without. Writes at most one file of its own below `landDir`; a repeat writes another.
 */
export async function profileWindow(
  db: Duck,
  request: ProfileRequest & { landDir: string },
): Promise<ProfiledWindow> {
  return withSource(db, request, async ({ db: own, rows, window }) => {
    const { monitor, predictions, grid, exact: binning } = request;
    if (window === null) {
      const profile = { ...emptyProfile(request), asked: nothingAsked() };
      return { profile, slices: [], ...manifests(request, null, {}), landedFile: null };
    }
    const { values, dimensions, untold } = await partsOf(own, request, window);
    const unbound = [...rows.unbound, ...untold];
    const asked = await askedOf(own, { monitor, grid, rows: { ...rows, unbound }, window });
    const landed = await land(own, { monitor, predictions, rows, window, dimensions });
    try {
      const view = landed?.view ?? window.view;
      const parted = { view, dimensions, values, periods: null };
      return await withParts(own, parted, async (parts) => {
        const here = { view, types: rows.types, parts };
        const counted = await profileParts(
          own,
          { ...here, size: window.accepted },
          { grid, binning },
        );
        const met = await meetLabels(own, meetingOf(request, { ...here, files: rows.view }));
        const profile: Profile = {
          ...emptyProfile(request),
          rows: window.accepted,
          newest: window.newest,
          types: rows.types,
          columns: counted.columns,
          outcomes: met.outcomes,
          asked: { ...asked, ...met.asked },
        };
        const parted = await slicesOf(own, { profile, parts, ...counted, met });
        const slices = [...parted.slices, ...(await shadowOf(own, request, { rows, window }))];
        const landedFile = (await landed?.keep(request.landDir)) ?? null;
        const told = { ...profile, asked: { ...profile.asked, ...parted.small } };
        return { profile: told, slices, ...manifests(request, window, met.asked), landedFile };
      });
    } finally {
      await landed?.close();
    }
  });
}

/**
 * Only how predictions and labels of a window meet, for one whose labels have matured: reads the
 * columns of that and of `grid.losses` alone. Errors as `profileWindow`; writes nothing.
 */
export async function profileOutcomes(
  db: Duck,
  request: ProfileRequest,
): Promise<ProfiledOutcomes> {
  const only = [...outcomeColumns(request.monitor), ...columnsOfLosses(request)];
  return withSource(db, { ...request, only }, async ({ db: own, rows, window }) => {
    if (window === null)
      return { outcomes: null, slices: [], asked: {}, ...saidOf(request, null, {}) };
    const { view } = window;
    const { values, dimensions } = await partsOf(own, request, window);
    return withParts(own, { view, dimensions, values, periods: null }, async (parts) => {
      const here = { view, types: rows.types, files: rows.view, parts };
      const met = await meetLabels(own, meetingOf(request, here));
      const named = parts?.slices.map(({ slice }, index) => ({
        slice,
        outcomes: met.slices[index] ?? null,
      }));
      const shadow = await shadowOf(own, request, { rows, window });
      const slices = [...(named ?? []), ...shadow];
      return { ...met, slices, ...saidOf(request, window, met.asked) };
    });
  });
}

/** What parts the rows of a window, and what was to and fails on one of them. */
async function partsOf(
  db: OpenSource['db'],
  { monitor, slices: values = {}, exact }: ProfileRequest,
  { view }: OpenWindow,
) {
  const dimensions = exact === 'grid' ? dimensionsOf(monitor) : [];
  return { values, ...(await tellable(db, view, dimensions)) };
}

/** The columns of the predictions that outcomes need. */
export function outcomeColumns(monitor: ProfileRequest['monitor']): string[] {
  const { columns, labels } = monitor;
  const { id, entity = [], timestamp, prediction, version, action } = columns;
  const names = [...id, ...entity, timestamp.column, version, itemColumn(columns)];
  names.push(columns.group ?? null, columns.weight ?? null);
  names.push(columns.traffic?.column ?? null);
  names.push(...actionColumns(action).map(([, column]) => column));
  names.push(...predictionColumns(prediction).map(([, column]) => column));
  names.push(...dimensionsOf(monitor).map(({ by }) => by));
  if (labels !== null) names.push(...Object.keys(labels.on));
  if (labels?.from === null) {
    names.push(labels.value, labels.timestamp, labels.labelSource?.column ?? null);
  }
  return names.filter((name) => name != null);
}

function manifests(
  request: ProfileRequest,
  window: OpenWindow | null,
  asked: OutcomesFound['asked'],
) {
  const { predictions, labels: located } = request;
  const predicate = window?.predicate ?? 'no file';
  return {
    outside: window?.outside ?? 0,
    manifest: manifestOf(predictions, { predicate, rows: window?.accepted ?? 0 }),
    labels:
      located === null
        ? null
        : manifestOf(located, {
            predicate: 'joined by key',
            rows: total(asked['labels'], 'joined'),
          }),
  };
}

function saidOf(request: ProfileRequest, window: OpenWindow | null, asked: OutcomesFound['asked']) {
  const { manifest, outside, labels: labelManifest } = manifests(request, window, asked);
  return { manifest, outside, labelManifest };
}

/** Where rows came from: the files, and in words which of their rows. */
export function manifestOf(
  located: Located,
  { predicate, rows }: { predicate: string; rows: number },
): Manifest {
  const filter = located.where === null ? '' : ` and (${located.where})`;
  return { ...filesOf(located), predicate: `${predicate}${filter}`, rows, landed: null };
}
