import type { Command } from 'commander';
import { UsageError } from '../app/errors.js';
import { applierOf, appliedTeams } from '../app/people.js';
import { lineageOf } from '../app/lineage.js';
import { registerFromMlflow } from '../app/mlflow.js';
import { registerFile, versionOf, versionsOf, zoneOf } from '../app/versions.js';
import { differences } from '../domain/version.js';
import { option, runAction, withActor, withGlobals, type Context } from './context.js';
import { printDocument } from './document.js';
import { differenceTable, lineageText, versionTable, versionText } from './model-words.js';
import { columns } from './fitted.js';
import { print, wrap } from './output.js';

/** `aftercare models register|show|diff|lineage`: what the versions of a model were made of. */
export function modelsCommand(program: Command): void {
  const models = program.command('models').description('versions of a model: what each is made of');
  const register = models
    .command('register <model> [file]')
    .description('register a version as a YAML or JSON file describes it; it never changes')
    .addOption(
      option(
        '--from-mlflow <name/version>',
        'as an MLflow registry has it; or name@alias',
        'FROM_MLFLOW',
      ),
    );
  withActor(register).action((model: string, file: string | undefined, from: FromMlflow) =>
    runAction(register, (context) => registerAction(context, model, { file, ...from })),
  );
  const show = models
    .command('show <model> [version]')
    .description('the versions of a model, or one with all that is known of it');
  withGlobals(show).action((model: string, version?: string) =>
    runAction(show, (context) => showAction(context, model, version)),
  );
  const diff = models
    .command('diff <model> <version> <other>')
    .description('what differs between two versions');
  withGlobals(diff).action((model: string, version: string, other: string) =>
    runAction(diff, (context) => diffAction(context, model, [version, other])),
  );
  const lineage = models
    .command('lineage <model> [version]')
    .description('what a version, or the newest, came from: rows, findings, request, parents');
  withGlobals(lineage).action((model: string, version?: string) =>
    runAction(lineage, (context) => lineageAction(context, model, version)),
  );
}

interface FromMlflow {
  fromMlflow?: string;
}

async function registerAction(
  context: Context,
  model: string,
  { file, fromMlflow: from }: FromMlflow & { file: string | undefined },
): Promise<number> {
  const { app, options, format } = context;
  if ((file === undefined) === (from === undefined)) {
    throw new UsageError('Expected a file, or --from-mlflow <name/version>: one of them.');
  }
  const by = applierOf(await appliedTeams(app), options.as ?? '');
  const { version, isNew } =
    file === undefined
      ? await registerFromMlflow(app, { model, from: from ?? '', by })
      : await registerFile(app, { model, file, by });
  if (format === 'json') return printDocument({ modelVersion: version, isNew }, 0);
  const named = `${version.version} of ${model}`;
  const words = isNew
    ? `Registered ${named}.`
    : `${named} was registered already with the same content. Nothing changed.`;
  print(wrap(words, columns(), ''));
  return 0;
}

async function showAction(context: Context, model: string, name?: string): Promise<number> {
  const { app, format } = context;
  const versions =
    name === undefined ? await versionsOf(app, model) : [await versionOf(app, model, name)];
  const [version] = versions;
  if (format === 'json') {
    return printDocument(name === undefined ? { versions } : { modelVersion: version }, 0);
  }
  const timezone = await zoneOf(app, model);
  if (version === undefined) print(`No version of ${model} is registered.`);
  else if (name === undefined) print(versionTable(versions, timezone));
  else print(versionText(version, timezone));
  return 0;
}

async function lineageAction(
  { app, format }: Context,
  model: string,
  name: string | undefined,
): Promise<number> {
  const line = await lineageOf(app, model, name);
  if (format === 'json') return printDocument({ model, lineage: line }, 0);
  const timezone = await zoneOf(app, model);
  print(line.length === 0 ? `No version of ${model} is registered.` : lineageText(line, timezone));
  return 0;
}

async function diffAction(
  { app, format }: Context,
  model: string,
  [before, after]: readonly [string, string],
): Promise<number> {
  if (before === after) throw new UsageError(`Expected two versions, got "${before}" twice.`);
  const [one, other] = [await versionOf(app, model, before), await versionOf(app, model, after)];
  const found = differences(one, other);
  if (format === 'json') return printDocument({ model, before, after, differences: found }, 0);
  if (found.length === 0) print(`${before} and ${after} of ${model} have the same content.`);
  else print(differenceTable(found, [before, after]));
  return 0;
}
