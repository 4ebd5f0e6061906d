import { mlflowRows } from './settings-mlflow.js';

/** One variable of the environment, as the reference page lists it. */
export interface SettingRow {
  name: SettingName;
  /** What it means, with its unit. */
  meaning: string;
  /** What holds when it is absent; null: nothing. */
  standard: string | null;
  /** What a right value looks like. */
  wanted: string;
  pattern: RegExp;
  /** Its value is never printed; `file:PATH` reads it from a file. */
  secret: boolean;
}

/** Every variable that Aftercare reads. */
export type SettingName = (typeof rows)[number]['name'];

const anything = /./s;
const folder = { wanted: 'a folder', pattern: anything };
const url = { wanted: 'a URL', pattern: /^https?:\/\/[^\s/]+/ };
const whole = { wanted: 'a whole number, at least 1', pattern: /^[1-9]\d{0,6}$/ };

const rows = [
  {
    name: 'AFTERCARE_LAKE',
    meaning: 'Folder of the lake: profiles, findings, commits, heads, audit.',
    standard: '.aftercare/lake',
    ...folder,
  },
  {
    name: 'AFTERCARE_STATE',
    meaning: 'Folder of what may be lost: the embedded Temporal server, temporary files.',
    standard: '.aftercare/state',
    ...folder,
  },
  {
    name: 'AFTERCARE_CONFIG_DIR',
    meaning: 'Folder of the monitor files, `_defaults.yaml` and `teams.yaml`.',
    standard: 'monitors',
    ...folder,
  },
  {
    name: 'AFTERCARE_AS',
    meaning: 'The person of teams.yaml who acts, where no service authenticates.',
    wanted: 'a name of teams.yaml',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  },
  {
    name: 'TEMPORAL_ADDRESS',
    meaning: 'Address of the Temporal server; absent: one is looked for, then started.',
    wanted: 'host:port, as 127.0.0.1:7233',
    pattern: /^[^\s/]+:\d+$/,
  },
  {
    name: 'TEMPORAL_NAMESPACE',
    meaning: 'Namespace on that server.',
    standard: 'default',
    wanted: 'a name',
    pattern: /^\S+$/,
  },
  {
    name: 'TEMPORAL_API_KEY',
    meaning: 'API key of that server.',
    wanted: 'a key',
    pattern: anything,
    secret: true,
  },
  {
    name: 'TEMPORAL_CLI_PATH',
    meaning: 'The `temporal` binary for the embedded server; absent: it is looked for.',
    wanted: 'a path',
    pattern: anything,
  },
  {
    name: 'XDG_CACHE_HOME',
    meaning: 'What we install for ourselves is kept in `aftercare` there; not absolute: unused.',
    standard: '~/.cache',
    ...folder,
  },
  {
    name: 'AFTERCARE_SMTP_URL',
    meaning: 'Mail server; absent: mails are written into the outbox as .eml files.',
    wanted: 'smtp://user:password@host:port or smtps://…',
    pattern: /^smtps?:\/\/\S+$/,
    secret: true,
  },
  {
    name: 'AFTERCARE_MAIL_FROM',
    meaning: 'Sender of mails.',
    standard: 'aftercare@localhost',
    wanted: 'a mail address',
    pattern: /^[^\r\n]+@[^\r\n]+$/,
  },
  {
    name: 'AFTERCARE_OUTBOX',
    meaning: 'Folder of the mails while there is no mail server.',
    standard: '.aftercare/outbox',
    ...folder,
  },
  {
    name: 'AFTERCARE_SLACK_TOKEN',
    meaning: 'Bot token of Slack (chat:write, channels:history); absent: no Slack.',
    wanted: 'a bot token, as xoxb-…',
    pattern: /^xox[a-z]-\S+$/,
    secret: true,
  },
  {
    name: 'AFTERCARE_SLACK_API_URL',
    meaning: 'Address of the Slack API; absent: that of Slack.',
    ...url,
  },
  {
    name: 'AFTERCARE_WEBHOOK_ALLOW_PRIVATE',
    meaning: 'What is called over HTTP may be at private and loopback addresses.',
    standard: 'false',
    wanted: 'true or false',
    pattern: /^(true|false)$/,
  },
  {
    name: 'AFTERCARE_CALLBACK_URL',
    meaning: 'Where trainers reach `serve`; absent: their results are polled.',
    wanted: 'a URL, as http://aftercare:8080',
    pattern: url.pattern,
  },
  {
    name: 'AFTERCARE_SERVER_SECRET',
    meaning: 'Secret that the keys of trainer callbacks are derived from.',
    wanted: 'at least 16 characters',
    pattern: /^.{16,}$/s,
    secret: true,
  },
  {
    name: 'AFTERCARE_SECRETS_DIR',
    meaning: 'Folder of secrets: `file:NAME` of a monitor is looked for below its team there.',
    standard: '.aftercare/secrets',
    ...folder,
  },
  {
    name: 'AFTERCARE_SECRET_GRANTS',
    meaning:
      'Variables that monitors may name as `env:NAME`, as `team:NAME` with commas between; * is ' +
      'any team or any ending. Those of Aftercare itself are never granted.',
    standard: '*:*',
    wanted: 'grants, as growth-ml:CHURN_*, *:RETRAIN_URL',
    pattern: /^[\s,]*([\w.*-]+:[\w*]+[\s,]*)+$/,
  },
  {
    name: 'AFTERCARE_NOW',
    meaning:
      'The instant that windows are judged for; the clock of each process starts there. Alerts ' +
      'and requests live in real time, whatever it says. For tests and demos only.',
    wanted: 'an instant, as 2016-01-01T00:00:00Z',
    pattern: anything,
  },
  {
    name: 'AFTERCARE_DEAD_MAN_URL',
    meaning: 'Address that is asked every minute while all is well; its owner misses the silence.',
    ...url,
    secret: true,
  },
  ...mlflowRows,
  {
    name: 'AFTERCARE_MEMORY_LIMIT_MB',
    meaning: 'Memory that one DuckDB instance may use, in MB.',
    standard: '400',
    ...whole,
  },
  {
    name: 'AFTERCARE_THREADS',
    meaning: 'Threads of one query; two queries run at a time.',
    standard: '1',
    ...whole,
  },
  {
    name: 'AFTERCARE_LOG_LEVEL',
    meaning: 'How much is logged.',
    standard: 'info',
    wanted: 'debug, info, warn or error',
    pattern: /^(debug|info|warn|error)$/,
  },
  {
    name: 'NO_COLOR',
    meaning: 'When it is set, output has no colours.',
    wanted: 'anything',
    pattern: anything,
  },
] as const satisfies readonly (Omit<SettingRow, 'name' | 'standard' | 'secret'> & {
  name: string;
  standard?: string;
  secret?: true;
})[];

/** Name, meaning, unit and default of every variable: the reference page is made from it. */
export const settingsTable: readonly SettingRow[] = rows.map((row) => ({
  standard: null,
  secret: false,
  ...row,
}));
