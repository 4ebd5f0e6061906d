import { homedir } from 'node:os';
import path from 'node:path';
import { parseInstant } from '../calendar/durations.js';
import type { Instant } from '../domain/window.js';
import { resolveSecret } from './secret.js';
import { settingsTable, type SettingName, type SettingRow } from './settings-table.js';

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What one installation is set to; a monitor says nothing of it. Folders are absolute. */
export interface Settings {
  lake: string;
  state: string;
  /** Where what we install for ourselves is kept over projects. */
  cache: string;
  configDir: string;
  /** Who acts, where no service authenticates; null: nobody is named. */
  as: string | null;
  temporal: {
    /** null: look for one, then start the embedded server. */
    address: string | null;
    namespace: string;
    apiKey: string | null;
    /** The `temporal` binary; null: look for one. */
    cliPath: string | null;
  };
  mail: {
    /** null: mails are written into the outbox. */
    smtpUrl: string | null;
    from: string;
    outbox: string;
  };
  slack: { token: string | null; apiUrl: string | null };
  webhooks: { allowPrivate: boolean };
  callback: {
    /** Where trainers reach `serve`; null: results are polled. */
    baseUrl: string | null;
    /** Derives the keys of callbacks. */
    secret: string | null;
  };
  /** The registry of `models register --from-mlflow`; null: not said. */
  mlflow: Readonly<Record<'uri' | 'user' | 'password' | 'token', string | null>>;
  secrets: { folder: string; grants: readonly string[] };
  /** The instant that everything is judged for; null: the clock. For tests and demos only. */
  now: Instant | null;
  deadManUrl: string | null;
  memoryLimitMb: number;
  threads: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  color: boolean;
}

/** The variables themselves, for secrets that a monitor names and for a command's own. */
export function environment(): Environment {
  return process.env;
}

/** Settings that are wrong: every fault at once, by variable. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Reads the settings of this process: the only place that looks at its variables. An empty variable
 * counts as absent. SettingsError names all that is wrong and no secret.
 */
export function readSettings(env: Environment = process.env): Settings {
  const faults: string[] = [];
  const values = new Map<SettingName, string | null>();
  for (const row of settingsTable) {
    try {
      values.set(row.name, valueOf(row, env));
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      faults.push(`${row.name}: ${fault}`);
      values.set(row.name, row.standard);
    }
  }
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
  return build((name) => values.get(name) ?? null);
}

function build(get: (name: SettingName) => string | null): Settings {
  const text = (name: SettingName): string => get(name) ?? '';
  const folder = (name: SettingName): string => path.resolve(text(name));
  const now = get('AFTERCARE_NOW');
  return {
    lake: folder('AFTERCARE_LAKE'),
    state: folder('AFTERCARE_STATE'),
    cache: cacheBelow(text('XDG_CACHE_HOME')),
    configDir: folder('AFTERCARE_CONFIG_DIR'),
    as: get('AFTERCARE_AS'),
    temporal: {
      address: get('TEMPORAL_ADDRESS'),
      namespace: text('TEMPORAL_NAMESPACE'),
      apiKey: get('TEMPORAL_API_KEY'),
      cliPath: get('TEMPORAL_CLI_PATH'),
    },
    mail: {
      smtpUrl: get('AFTERCARE_SMTP_URL'),
      from: text('AFTERCARE_MAIL_FROM'),
      outbox: folder('AFTERCARE_OUTBOX'),
    },
    slack: { token: get('AFTERCARE_SLACK_TOKEN'), apiUrl: get('AFTERCARE_SLACK_API_URL') },
    webhooks: { allowPrivate: get('AFTERCARE_WEBHOOK_ALLOW_PRIVATE') === 'true' },
    callback: { baseUrl: get('AFTERCARE_CALLBACK_URL'), secret: get('AFTERCARE_SERVER_SECRET') },
    mlflow: {
      uri: get('MLFLOW_TRACKING_URI'),
      user: get('MLFLOW_TRACKING_USERNAME'),
      password: get('MLFLOW_TRACKING_PASSWORD'),
      token: get('MLFLOW_TRACKING_TOKEN'),
    },
    secrets: {
      folder: folder('AFTERCARE_SECRETS_DIR'),
      grants: text('AFTERCARE_SECRET_GRANTS')
        .split(/[\s,]+/)
        .filter(Boolean),
    },
    now: now === null ? null : parseInstant(now, 'UTC'),
    deadManUrl: get('AFTERCARE_DEAD_MAN_URL'),
    memoryLimitMb: Number(get('AFTERCARE_MEMORY_LIMIT_MB')),
    threads: Number(get('AFTERCARE_THREADS')),
    logLevel: text('AFTERCARE_LOG_LEVEL') as Settings['logLevel'],
    color: get('NO_COLOR') === null,
  };
}

/** The XDG base directory specification has a relative folder ignored. */
function cacheBelow(base: string): string {
  return path.join(path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'aftercare');
}

function valueOf(row: SettingRow, env: Environment): string | null {
  const raw = env[row.name];
  if (raw === undefined || raw === '') return row.standard;
  // A container gets its secrets as files.
  const value = row.secret && raw.startsWith('file:') ? resolveSecret(raw, { env }) : raw;
  if (row.pattern.test(value) && fits(row, value)) return value;
  // A secret is never repeated, not even a wrong one.
  const got = row.secret ? 'something else' : JSON.stringify(value);
  throw new RangeError(`expected ${row.wanted}, got ${got}`);
}

function fits(row: SettingRow, value: string): boolean {
  if (row.name !== 'AFTERCARE_NOW') return true;
  try {
    parseInstant(value, 'UTC');
    return true;
  } catch {
    return false;
  }
}
