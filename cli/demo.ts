import { mkdir, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { listAlerts } from '../app/alerts.js';
import { openApp, type App } from '../app/app.js';
import { watchRun } from '../app/bell.js';
import { makeDemo, type DemoData } from '../app/demo.js';
import { ensureServer } from '../app/dev-server.js';
import { alertsDecided } from '../app/entities.js';
import { UnavailableError, UsageError } from '../app/errors.js';
import { loadAll } from '../app/load.js';
import { installed } from '../app/installed.js';
import { applyChanges, planChanges, publishTeams } from '../app/publish.js';
import { listRequests } from '../app/requests.js';
import { endOrphan, holderOf } from '../app/server-note.js';
import { settingsFor } from '../app/settings.js';
import { modelStatuses } from '../app/status.js';
import { withTemporal } from '../app/temporal.js';
import { queues } from '../domain/queues.js';
import { option, runAction, withGlobals, type Context } from './context.js';
import { printDocument } from './document.js';
import { print } from './output.js';
import { runParts } from './parts.js';
import { servePortOption } from './ports.js';
import { asPart, servePart, workerPart } from './processes.js';
import { modelDocument, statusText } from './status.js';

interface DemoOptions {
  days: number;
  port: number;
  keep?: boolean;
  exitWhenReady?: boolean;
}

const PATIENCE = 120_000;
/** What is watched of the days: of the model whose decay has a trend 28 with mature labels. */
const LIVE_DAYS = 20;
const TREND_DAYS = 30;
const DAY = 86_400_000;

/** `aftercare demo`: models that decay, watched for real, on one machine. */
export function demoCommand(program: Command): void {
  const command = program
    .command('demo')
    .description('three generated models that decay, with everything that watches them')
    .addOption(option('--days <count>', 'days of data', 'DAYS').argParser(Number).default(60, '60'))
    .addOption(servePortOption(0, 'any'))
    .addOption(option('--keep', "go on from the last demo's folder", 'KEEP'))
    .addOption(
      option('--exit-when-ready', 'stop once models alert and a request waits', 'EXIT_WHEN_READY'),
    );
  withGlobals(command).action((options: DemoOptions) =>
    runAction(command, (context) => demo(context, options)),
  );
}

async function demo(context: Context, options: DemoOptions): Promise<number> {
  const { progress } = context;
  const folder = demoFolder();
  return runParts(context, async (add) => {
    const { app, data } = await madeIn(folder, context, options);
    add(asPart(await ensureServer(app, { port: 0, uiPort: null, progress })));
    add(await workerPart(app, { queues }));
    add(await servePart({ ...context, app }, { port: options.port, host: '127.0.0.1' }));
    await evaluateAll(app, data.to, progress);
    await ready(app, progress);
    await printReady({ ...context, app }, { ...options, folder });
    if (options.exitWhenReady === true) return 'stop';
    progress('Everything runs until Ctrl-C. In another terminal:');
    progress(`  cd ${folder} && npx aftercare requests show delivery-eta`);
    return 'run';
  });
}

const FOLDER = join('.aftercare', 'demo');

/** Where the demo goes; UsageError inside of another one, which would be nested. */
function demoFolder(): string {
  const here = process.cwd();
  const [root, ...inside] = here.split(`${sep}${FOLDER}`);
  const isInside = inside.length > 0 && (inside[0] === '' || inside[0]?.startsWith(sep) === true);
  if (!isInside) return resolve(FOLDER);
  throw new UsageError(
    `This is a folder of the demo: ${here}. "aftercare up" goes on with it; ` +
      `for a new demo: cd ${root === '' ? sep : (root ?? sep)}`,
  );
}

/** The demo's data in its folder, an old demo's cleared away, and the app that works there. */
async function madeIn(
  folder: string,
  { app: { clock, log }, progress }: Context,
  options: DemoOptions,
): Promise<{ app: App; data: DemoData }> {
  const state = join(folder, '.aftercare', 'state');
  const holder = await holderOf(state);
  if (holder !== null) {
    throw new UsageError(
      `The demo in ${folder} runs already, as process ${holder.owner.pid}. Stop that one first.`,
    );
  }
  await endOrphan(state, progress);
  if (options.keep !== true) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  progress(`generating ${options.days} days of data in ${folder}`);
  const data = await makeDemo(folder, options.days, clock());
  // From here on everything is as it would be for a person who works in that folder.
  process.chdir(folder);
  const settings = settingsFor({ configDir: null });
  const app = openApp({ ...settings, mail: { ...settings.mail, smtpUrl: null } }, log);
  return { app, data };
}

async function evaluateAll(
  app: App,
  until: number,
  progress: (text: string) => void,
): Promise<void> {
  const { models, teams } = await loadAll(app, 'no errors');
  if (teams !== null) await publishTeams(app, teams);
  await withTemporal(app.settings, async ({ client }) => {
    const there = await installed(app, client);
    const changes = await planChanges(app, client, { models, teams, others: 'leave', there });
    for (const change of changes) {
      const days = change.model === 'delivery-eta' ? TREND_DAYS : LIVE_DAYS;
      const of = { models, there, since: until - days * DAY, by: null };
      await applyChanges(app, client, { ...of, changes: [change] });
    }
    await Promise.all(
      models.map(async ({ id }) => {
        await watchRun(app, id, {
          patience: PATIENCE,
          onWindow: ({ watermark }) => {
            progress(`${id}: evaluated up to ${new Date(watermark).toISOString().slice(0, 10)}`);
          },
        });
        await alertsDecided(client, id);
      }),
    );
  });
}

/** Until all models alert and a request waits. */
async function ready(app: App, progress: (text: string) => void): Promise<void> {
  progress('waiting for the alerts and the request');
  const start = Date.now();
  while (Date.now() - start < PATIENCE) {
    const [alerts, requests] = await Promise.all([
      listAlerts(app, 'open'),
      listRequests(app, 'open'),
    ]);
    const alerting = new Set(alerts.map(({ model }) => model));
    if (alerting.size >= 3 && requests.length >= 1) return;
    await sleep(250);
  }
  throw new UnavailableError('The demo did not become ready within two minutes.');
}

async function printReady(
  { app, format }: Context,
  { folder, exitWhenReady = false }: { folder: string; exitWhenReady?: boolean },
): Promise<void> {
  const statuses = await modelStatuses(app);
  if (format === 'json') {
    const models = statuses.map(modelDocument);
    printDocument({ models, folder, outbox: app.settings.mail.outbox }, 0);
    return;
  }
  print(statusText(statuses, app.clock()));
  print(`\nMails: ${join(folder, '.aftercare/outbox')}`);
  print(`Commands of the demo run in its folder: cd ${folder}`);
  if (exitWhenReady)
    print('Nothing runs any more. "npx aftercare up" there goes on with what waits.');
}
