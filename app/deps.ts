import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Deps, Entities } from '../activities/deps.js';
import { resolveSecret, scopeOf } from '../config/secret.js';
import { environment } from '../config/settings.js';
import type { Teams } from '../domain/team.js';
import { createNotifiers } from '../notifiers/index.js';
import type { Webhook } from '../notifiers/webhook.js';
import { createTrainer, type TrainerSettings } from '../trainers/index.js';
import { measuringOf, TEAMS_HEAD, type App } from './app.js';
import { callbackOf } from './callback-address.js';

/** The dependencies of the activities; `entities` says how they reach Temporal. */
export async function depsOf(app: App, entities: Entities): Promise<Deps> {
  const { settings } = app;
  const notifiers = createNotifiers(settings, (name) => webhookOf(app, name));
  return {
    ...(await measuringOf(app)),
    entities,
    notifier: (channel) => notifiers[channel],
    trainer: (spec, owner) => createTrainer(spec, trainerSettings(app, owner)),
    callback: (key) => callbackOf(settings, key),
    host: hostname(),
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
