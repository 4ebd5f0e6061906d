import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { UsageError } from '../app/errors.js';
import { explainModel, monitorSchema, selectModels } from '../app/load.js';
import type { Loaded, LoadedModel } from '../app/load.js';
import { loadValid, notesOnColumns, refuseSourceProblems } from '../app/validate.js';
import { installed, type Installed } from '../app/installed.js';
import { applierOf } from '../app/people.js';
import { applyChanges, planChanges, publishTeams, type Change } from '../app/publish.js';
import { withTemporal } from '../app/temporal.js';
import { printChanges } from './change-table.js';
import { instant } from './instant.js';
import {
  option,
  runAction,
  selectOption,
  withActor,
  withGlobals,
  type Context,
} from './context.js';
import { printDocument } from './document.js';
import { hung } from './fitted.js';
import { near, print, printJson } from './output.js';

interface ApplyOptions {
  prune?: boolean;
  dryRun?: boolean;
  since?: string;
  explain?: boolean;
  select: readonly string[];
}

/** `plan`, `apply`, `schema`. */
export function configCommands(program: Command): void {
  const plan = program
    .command('plan')
    .description('what apply would change')
    .addOption(selectOption())
    .addOption(option('--prune', 'show what --prune would take away', 'PRUNE'))
    .addOption(option('--explain', 'instead: every value in force, defaults too', 'EXPLAIN'));
  withGlobals(plan).action((options: ApplyOptions) =>
    runAction(plan, (context) =>
      options.explain === true
        ? explainAction(context, options)
        : applyAction(context, { ...options, dryRun: true }),
    ),
  );
  const apply = program
    .command('apply')
    .description('publish the monitors and make the Schedules so')
    .addOption(selectOption())
    .addOption(option('--prune', 'take away models without a monitor file', 'PRUNE'))
    .addOption(option('--dry-run', 'the same as plan', 'DRY_RUN'))
    .addOption(
      option('--since <date>', 'a new monitor: evaluate live from this instant on', 'SINCE'),
    );
  withActor(apply).action((options: ApplyOptions) =>
    runAction(apply, (context) => applyAction(context, options)),
  );
  const schema = program.command('schema').description('the JSON Schema of a monitor file');
  withGlobals(schema).action(() =>
    runAction(schema, () => {
      printJson(monitorSchema());
      return Promise.resolve(0);
    }),
  );
}

const CHANGED: ReadonlySet<Change['action']> = new Set(['create', 'update']);
const OTHERS: ReadonlySet<Change['action']> = new Set(['left alone', 'of another lake']);

/** What is asked for, as the options and the files say it. */
interface Asked {
  loaded: Loaded;
  models: readonly LoadedModel[];
  others: 'prune' | 'leave';
  since: number | null;
  by: string | null;
}

async function applyAction(context: Context, options: ApplyOptions): Promise<number> {
  const { app } = context;
  const asking = readAsked(context, options);
  const acting = withTemporal(app.settings, async ({ client }) => {
    const [asked, there] = await Promise.all([asking, installed(app, client)]);
    return changeAll(context, client, { options, asked, there });
  });
  // The server answers while the files are read; what is wrong with them is told before its faults.
  acting.catch(() => undefined);
  await asking;
  return acting;
}

async function readAsked({ app, options }: Context, given: ApplyOptions): Promise<Asked> {
  const others = othersOf(given);
  // The last monitor can be taken away, too, where that is asked for by name.
  const want = others === 'prune' ? 'no errors, or no monitor' : 'no errors';
  const loaded = await loadValid(app, want);
  const by = applierOf(loaded.teams, options.as ?? '');
  const models = selectModels(loaded.models, given.select);
  const zone = models[0]?.published.monitor.windows.timezone ?? 'UTC';
  const since = given.since === undefined ? null : instant(given.since, zone);
  if (since !== null && since > app.clock()) {
    throw new UsageError(`--since ${given.since} lies in the future; expected a past instant.`);
  }
  return { loaded, models, others, since, by };
}

async function changeAll(
  context: Context,
  client: Client,
  { options, asked, there }: { options: ApplyOptions; asked: Asked; there: Installed },
): Promise<number> {
  const { app, progress } = context;
  const { loaded, models, others, since, by } = asked;
  const all = await planChanges(app, client, { models, teams: loaded.teams, others, there });
  const touched = new Set(
    all.filter(({ action }) => CHANGED.has(action)).map(({ model }) => model),
  );
  // A plan may take its time; where a thousand are applied, only what is said is looked at.
  const depth = options.dryRun === true ? 'expressions and files' : 'expressions';
  const changed = models.filter(({ id }) => touched.has(id));
  const warnings = await refuseSourceProblems(app, changed, depth);
  for (const line of options.dryRun === true ? [...loaded.lines, ...warnings] : [])
    progress(hung(line));
  const isMeant = ({ action }: Change) => options.select.length === 0 || !OTHERS.has(action);
  const notes = options.dryRun === true ? await notesOnColumns(app, changed) : null;
  const changes = all.filter(isMeant).map((one) => {
    const note = notes?.get(one.model);
    return note === undefined ? one : { ...one, words: [...one.words, note] };
  });
  if (options.dryRun !== true) {
    if (loaded.teams !== null) await publishTeams(app, loaded.teams);
    const todo = changes.filter(({ action }) => action !== 'unchanged');
    let done = 0;
    const onDone = () => {
      if (++done % 100 === 0) progress(`applied ${done} of ${todo.length}`);
    };
    await applyChanges(app, client, { models, changes: todo, there, since, by, onDone });
  }
  printChanges(context, changes, options.dryRun === true ? 'planned' : 'done');
  return 0;
}

/** What is not selected is not pruned: that it has no file was not looked at. */
function othersOf({ prune, select }: ApplyOptions): 'prune' | 'leave' {
  if (prune === true && select.length > 0) {
    throw new UsageError('--prune goes through all models; leave --select away.');
  }
  return prune === true ? 'prune' : 'leave';
}

/** What the files mean; no server is asked. */
async function explainAction({ app, format }: Context, options: ApplyOptions): Promise<number> {
  const { models } = await loadValid(app, 'no errors');
  const selected = selectModels(models, options.select);
  if (format === 'json') {
    return printDocument({ monitors: selected.map(({ published }) => published.monitor) }, 0);
  }
  for (const model of selected) print(near(explainModel(model).join('\n')));
  return 0;
}
