import type { Command } from 'commander';
import { UsageError } from '../app/errors.js';
import { explainModel, monitorSchema, selectModels } from '../app/load.js';
import { loadValid, notesOnColumns, refuseSourceProblems } from '../app/validate.js';
import { installed } from '../app/installed.js';
import { applierOf } from '../app/people.js';
import { applyChanges, planChanges, publishTeams, type Change } from '../app/publish.js';
import { withTemporal } from '../app/temporal.js';
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
import { near, print, printJson, table, wrap } from './output.js';
import { amountWords, countWords } from './words.js';

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

async function applyAction(context: Context, options: ApplyOptions): Promise<number> {
  const { app, progress } = context;
  const others = othersOf(options);
  // The last monitor can be taken away, too, where that is asked for by name.
  const loaded = await loadValid(
    app,
    others === 'prune' ? 'no errors, or no monitor' : 'no errors',
  );
  const by = applierOf(loaded.teams, context.options.as ?? '');
  const models = selectModels(loaded.models, options.select);
  const zone = models[0]?.published.monitor.windows.timezone ?? 'UTC';
  const since = options.since === undefined ? null : instant(options.since, zone);
  if (since !== null && since > app.clock()) {
    throw new UsageError(`--since ${options.since} lies in the future; expected a past instant.`);
  }
  return withTemporal(app.settings, async ({ client }) => {
    const there = await installed(app, client);
    const all = await planChanges(app, client, { models, teams: loaded.teams, others, there });
    const touched = new Set(
      all.filter(({ action }) => CHANGED.has(action)).map(({ model }) => model),
    );
    // A plan may take its time; where a thousand are applied, only what is said is looked at.
    const depth = options.dryRun === true ? 'expressions and files' : 'expressions';
    const changed = models.filter(({ id }) => touched.has(id));
    const warnings = await refuseSourceProblems(app, changed, depth);
    for (const line of options.dryRun === true ? [...loaded.lines, ...warnings] : [])
      progress(line);
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
  });
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

const MOST_TOLD = 50;
const UNTOLD: ReadonlySet<Change['action']> = new Set(['unchanged', 'of another lake']);

const WORDS = {
  planned: { create: 'to create', update: 'to update', prune: 'to prune' },
  done: { create: 'created', update: 'updated', prune: 'pruned' },
} as const;

function printChanges(
  { format }: Context,
  changes: readonly Change[],
  state: 'planned' | 'done',
): void {
  if (format === 'json') {
    printDocument({ changes }, 0);
    return;
  }
  const all = changes.filter(({ action }) => !UNTOLD.has(action));
  const told = all.slice(0, MOST_TOLD);
  if (told.length > 0) {
    print(
      table(
        ['MODEL', 'CHANGE', 'BELL'],
        told.map((one) => [one.model, one.action, one.bell]),
      ),
    );
  }
  // Of a new monitor a plan tells whom it would wake; once it is done that is known.
  const read = told.filter(({ action }) => state === 'planned' || action !== 'create');
  for (const { model, words } of read) {
    for (const line of words) print(wrap(near(`${model}: ${line}`), 80, '   '));
  }
  const more = all.length - told.length;
  if (more > 0) print(` … and ${countWords(more)} more; --json tells all.`);
  const count = (action: Change['action']): number =>
    changes.filter((change) => change.action === action).length;
  print(
    (['create', 'update', 'prune'] as const)
      .map((action) => `${count(action)} ${WORDS[state][action]}, `)
      .join('') + `${count('unchanged')} unchanged, ${count('left alone')} left alone.`,
  );
  const others = count('of another lake');
  if (others > 0) {
    const whose = `${amountWords(others, 'Schedule')} of another lake in this namespace not touched.`;
    print(wrap(`${whose} Give each installation a namespace of its own.`, 80, ''));
  }
}
