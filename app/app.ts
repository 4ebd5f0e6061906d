import { hostname } from 'node:os';
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Deps, Entities } from '../activities/deps.js';
import type { Settings } from '../config/settings.js';
import type { Instant } from '../domain/window.js';
import { openLake, type Lake } from '../lake/lake.js';
import { createNotifiers } from '../notifiers/index.js';
import { createTrainer } from '../trainers/index.js';
import { callbackOf } from './callbacks.js';

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
  return { settings, clock: clockOf(settings), lake: openLake(settings.lakeDir), log };
}

/** A clock that starts at `AFTERCARE_NOW` when it is set, and goes on from there. */
export function clockOf(settings: Settings): () => Instant {
  const shift = settings.now === null ? 0 : settings.now - Date.now();
  return () => Date.now() + shift;
}

/** The dependencies of the activities; `entities` says how they reach Temporal. */
export async function depsOf(app: App, entities: Entities): Promise<Deps> {
  const { settings, log } = app;
  await mkdir(settings.scratchDir, { recursive: true });
  const notifiers = createNotifiers(settings);
  return {
    lake: app.lake,
    clock: app.clock,
    entities,
    notifier: (channel) => notifiers[channel],
    trainer: (spec) => createTrainer(spec, settings),
    callback: (key) => callbackOf(settings, key),
    host: hostname(),
    scratch: settings.scratchDir,
    duck: settings.duck,
    log: (message, fields) => log.info(fields ?? {}, message),
  };
}
