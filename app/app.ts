import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Measuring } from '../activities/deps.js';
import { sweepScratch } from '../activities/scratch.js';
import type { Settings } from '../config/settings.js';
import type { Instant } from '../domain/window.js';
import { openLake, type Lake } from '../lake/lake.js';
import { programVersion } from './package-root.js';
import { scratchFolder } from './settings.js';
import { worldOf } from './sources.js';

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

/** What an evaluation works with; the scratch folder is there afterwards. */
export async function measuringOf(app: App): Promise<Measuring> {
  const { settings, log } = app;
  const scratch = scratchFolder(settings);
  await mkdir(scratch, { recursive: true });
  await sweepScratch(scratch, Date.now());
  return {
    lake: app.lake,
    clock: app.clock,
    scratch,
    program: programVersion(),
    world: worldOf(app),
    duck: { threads: settings.threads, memoryLimitMb: settings.memoryLimitMb },
    log: (message, fields) => {
      // What failed with an error is not lost where a service writes faults alone.
      log[fields?.['error'] === undefined ? 'info' : 'error'](fields ?? {}, message);
    },
  };
}

/** The teams as they were applied last: where webhooks are looked up by name. */
export const TEAMS_HEAD = 'teams/applied';
