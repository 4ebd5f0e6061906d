import { hostname } from 'node:os';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Deps, Entities } from '../activities/deps.js';
import { sweepScratch } from '../activities/scratch.js';
import { resolveSecret, scopeOf } from '../config/secret.js';
import { environment, type Settings } from '../config/settings.js';
import type { Teams } from '../domain/team.js';
import type { Instant } from '../domain/window.js';
import { openLake, type Lake } from '../lake/lake.js';
import { createNotifiers } from '../notifiers/index.js';
import type { Webhook } from '../notifiers/webhook.js';
import { createTrainer, type TrainerSettings } from '../trainers/index.js';
import { callbackOf } from './callback-address.js';
import { scratchFolder } from './settings.js';

/** What every verb works with, built from the settings. */
export interface App {
  settings: Settings;
  /** Now; `AFTERCARE_NOW` moves it, for tests and demos. */
  clock: () => Instant;
  lake: Lake;
  log: Logger;
}

/** Opens the lake; nothing else is touched until a verb needs it. */
export function openApp(settings: Settings, log: Logger): App {
  return { settings, clock: clockOf(settings), lake: openLake(settings.lake), log };
}

/** A clock that starts at `AFTERCARE_NOW` when it is set, and goes on from there. */
function clockOf(settings: Settings): () => Instant {
  const shift = settings.now === null ? 0 : settings.now - Date.now();
  return () => Date.now() + shift;
}

/** The dependencies of the activities; `entities` says how they reach Temporal. */
export async function depsOf(app: App, entities: Entities): Promise<Deps> {
  const { settings, log } = app;
  const scratch = scratchFolder(settings);
  await mkdir(scratch, { recursive: true });
  await sweepScratch(scratch, Date.now());
  const notifiers = createNotifiers(settings, (name) => webhookOf(app, name));
  return {
    lake: app.lake,
    clock: app.clock,
    entities,
    notifier: (channel) => notifiers[channel],
    trainer: (spec, owner) => createTrainer(spec, trainerSettings(app, owner)),
    callback: (key) => callbackOf(settings, key),
    host: hostname(),
    scratch,
    duck: { threads: settings.threads, memoryLimitMb: settings.memoryLimitMb },
    log: (message, fields) => log.info(fields ?? {}, message),
  };
}

/** What the trainers get: their folder, and the secrets that the owner's team may reach. */
function trainerSettings({ settings, clock }: App, owner: string): TrainerSettings {
  const env = environment();
  const scope = scopeOf(settings, owner, env);
  return {
    trainings: join(settings.state, 'trainings'),
    environment: env,
    resolve: (text) => (/^(env|file):/.test(text) ? resolveSecret(text, scope) : text),
    allowPrivate: settings.webhooks.allowPrivate,
    clock,
  };
}

/** The teams as they were applied last: where webhooks are looked up by name. */
export const TEAMS_HEAD = 'teams/applied';

/** A webhook of the applied teams.yaml with its secrets; null: there is none of that name. */
async function webhookOf(app: App, name: string): Promise<Webhook | null> {
  const head = await app.lake.readHead<{ teams: string }>(TEAMS_HEAD);
  if (head === null) return null;
  const { webhooks } = await app.lake.getObject<Teams>('teams', head.teams);
  const found = webhooks[name];
  if (found === undefined) return null;
  const scope = { env: environment(), granted: ['*'], folder: app.settings.secrets.folder };
  const value = (text: string): string =>
    /^(env|file):/.test(text) ? resolveSecret(text, scope) : text;
  return { url: value(found.url), secret: found.secret === null ? null : value(found.secret) };
}
