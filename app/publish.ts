import pMap from 'p-map';
import type { Client } from '@temporalio/client';
import { lastBoundary } from '../calendar/windows.js';
import { modelHead } from '../activities/deps.js';
import { firstHead, type ModelHead } from '../domain/model.js';
import type { Published } from '../domain/published.js';
import type { Teams } from '../domain/team.js';
import type { Instant } from '../domain/window.js';
import { fingerprint } from '../lake/objects.js';
import { TEAMS_HEAD, type App } from './app.js';
import { changeWords } from './change-words.js';
import { differences, seamOf } from './differences.js';
import { editedBy, editorOf, withEditor } from './editor.js';
import { ofAnotherLake } from './errors.js';
import { hearingWords } from './hearing-words.js';
import { makeLakeMark, type Installed } from './installed.js';
import { refuseNumbered, type LoadedModel } from './load.js';
import { adoptPauses } from './pauses.js';
import { appliedTeams } from './people.js';
import { openOfModels, prune } from './prune.js';
import { putSchedule } from './put-schedule.js';
import { bellOf, bellWords, hasSchedule } from './schedules.js';

const IN_FLIGHT = 20;

/** What `apply` would do, or did, with one model. */
export interface Change {
  model: string;
  action: 'create' | 'update' | 'unchanged' | 'prune' | 'left alone' | 'of another lake';
  /** Which words of the monitor differ: `checks[0].warn: 0.05 → 0.1`; of a pruned one what ends. */
  differences: readonly string[];
  /** The same for people: a line for each changed key of the file; and who hears what. */
  words: readonly string[];
  bell: string;
}

/**
 * The difference between the monitor files and what is published: models that are new, changed,
 * the same, or there without a file (`left alone`, or `prune`; `of another lake`, which is never
 * pruned). UsageError where a file asks for a Schedule of another lake. Reads only.
 */
export async function planChanges(
  app: App,
  client: Client,
  input: {
    models: readonly LoadedModel[];
    teams: Teams | null;
    others: 'prune' | 'leave';
    there: Installed;
  },
): Promise<Change[]> {
  refuseNumbered(input.models);
  const { applied, scheduled, isOfAnother } = input.there;
  const taken = input.models.map(({ id }) => id).filter(isOfAnother);
  if (taken.length > 0) throw ofAnotherLake(taken, client.options.namespace);
  const people = { before: await appliedTeams(app), after: input.teams };
  const changes = await pMap(
    input.models,
    async (model) => {
      const head = applied.get(model.id) ?? null;
      return changeOf(app, client, { model, head, isListed: scheduled.has(model.id), people });
    },
    { concurrency: IN_FLIGHT },
  );
  const known = new Set(input.models.map(({ id }) => id));
  const action = input.others === 'prune' ? ('prune' as const) : ('left alone' as const);
  const others = [...new Set([...scheduled, ...applied.keys()])].filter((id) => !known.has(id));
  const open = action === 'prune' && others.length > 0 ? await openOfModels(app) : null;
  const gone = others.sort().map((model): Change => {
    if (isOfAnother(model)) return { model, action: 'of another lake', ...NOTHING, bell: '' };
    const words = open?.get(model) ?? [];
    return { model, action, differences: words, words, bell: '' };
  });
  return [...changes, ...gone];
}

const NOTHING = { differences: [], words: [] };

async function changeOf(
  app: App,
  client: Client,
  of: {
    model: LoadedModel;
    head: ModelHead | null;
    isListed: boolean;
    people: { before: Teams | null; after: Teams | null };
  },
): Promise<Change> {
  const { head } = of;
  const { id, published: given } = of.model;
  const bell = bellWords(bellOf(given.monitor));
  const base = { model: id, bell };
  if (head === null) {
    const words = hearingWords(null, { published: given, teams: of.people.after });
    return { ...base, action: 'create', differences: [], words };
  }
  const isGiven = head.monitor === fingerprint(given);
  const before = isGiven ? given : await appliedOf(app, head);
  // That somebody else applies it is no difference.
  const published = withEditor(given, editorOf(before));
  const isPublished = isGiven || head.monitor === fingerprint(published);
  // The list of Schedules may be a second behind; before it is doubted it is asked.
  if (isPublished && head.rings === bell && (of.isListed || (await hasSchedule(client, id)))) {
    return { ...base, action: 'unchanged', ...NOTHING };
  }
  if (isPublished) {
    const words = ['its Schedule is gone or out of date'];
    return { ...base, action: 'update', differences: words, words };
  }
  const after = { published, teams: of.people.after };
  const seam = seamOf(before, published, head.watermark);
  return {
    ...base,
    action: 'update',
    differences: [...differences(before, published), ...seam],
    words: [
      ...changeWords({ published: before, teams: of.people.before }, after, of.model.given),
      ...seam,
    ],
  };
}

/**
 * Makes it so, twenty at a time: publishes content-addressed monitors, creates or updates the
 * Schedules, keeps people's pauses. The order per model (object, head, Schedule, head) lets a
 * crash anywhere be mended by the next apply; a repeat changes nothing.
 */
export async function applyChanges(
  app: App,
  client: Client,
  input: {
    models: readonly LoadedModel[];
    changes: readonly Change[];
    there: Installed;
    since: Instant | null;
    /** Who applies, and so is the last editor of what changes; null: nobody said. */
    by: string | null;
    onDone?: (change: Change) => void;
  },
): Promise<void> {
  const models = new Map(input.models.map((model) => [model.id, model]));
  const lake = await makeLakeMark(app);
  await adoptPauses(app, client, input.there);
  await pMap(
    input.changes,
    async (change) => {
      const model = models.get(change.model);
      if (change.action === 'prune') await prune(app, client, change.model);
      else if (model && (change.action === 'create' || change.action === 'update')) {
        await publish(app, client, { model, since: input.since, by: input.by, lake });
      }
      input.onDone?.(change);
    },
    { concurrency: IN_FLIGHT },
  );
}

/** Publishes teams.yaml, for what is looked up by name when a notice goes out. */
export async function publishTeams(app: App, teams: Teams): Promise<void> {
  const hash = await app.lake.putObject('teams', teams);
  await app.lake.updateHead<{ teams: string }>(TEAMS_HEAD, () => ({ teams: hash }));
}

async function publish(
  app: App,
  client: Client,
  input: { model: LoadedModel; since: Instant | null; by: string | null; lake: string },
): Promise<void> {
  const { lake } = input;
  const { id } = input.model;
  const { monitor } = input.model.published;
  const name = modelHead(id);
  const head = await app.lake.readHead<ModelHead>(name);
  const before = head === null ? null : await appliedOf(app, head);
  const published = editedBy(input.model.published, before, input.by);
  const hash = await app.lake.putObject('monitor', published);
  const now = app.clock();
  const boundary = lastBoundary(monitor.windows, now - monitor.schedule.lag);
  const since = input.since === null ? boundary : lastBoundary(monitor.windows, input.since);
  const bell = bellWords(bellOf(monitor));
  const isNew = head === null || head.retiredAt !== null;
  const first = firstHead({ id, hash, since, now });
  if (isNew && since === boundary) {
    // Nothing is due yet, so that no bell can miss the head: one write is enough.
    await putSchedule(client, monitor, { rings: 'on time', paused: null, lake });
    await app.lake.updateHead<ModelHead>(name, () => ({ ...first, rings: bell }));
    return;
  }
  const begun = isNew ? first : { ...head, monitor: hash };
  await app.lake.updateHead<ModelHead>(name, (old) =>
    isNew || old === null ? begun : { ...old, monitor: hash },
  );
  const rings = begun.watermark < boundary ? ('now' as const) : ('on time' as const);
  await putSchedule(client, monitor, { rings, paused: begun.paused, lake });
  await app.lake.updateHead<ModelHead>(name, (old) => ({ ...(old ?? begun), rings: bell }));
}

function appliedOf({ lake }: App, { monitor }: ModelHead): Promise<Published> {
  return lake.getObject<Published>('monitor', monitor);
}
