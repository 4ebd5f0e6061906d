import { join, resolve } from 'node:path';
import { readSettings, SettingsError, type Settings } from '../config/settings.js';
import { UsageError } from './errors.js';

/** The settings of this process, with what the command line says on top. UsageError when wrong. */
export function settingsFor(overrides: { configDir: string | null }): Settings {
  try {
    const settings = readSettings();
    const { configDir } = overrides;
    return configDir === null ? settings : { ...settings, configDir: resolve(configDir) };
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(error.message);
    throw error;
  }
}

/** Folder of this machine's passing files: spilled sorts, landed rows. */
export function scratchFolder(settings: Settings): string {
  return join(settings.state, 'scratch');
}
