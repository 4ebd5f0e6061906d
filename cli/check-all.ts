import { UsageError } from '../app/errors.js';
import { loadSound, type LoadedModel } from '../app/load.js';
import { checkOne, type CheckOptions, type Told } from './check-one.js';
import { failed, type Context } from './context.js';
import { exitWords, worstOf } from './exit-codes.js';
import { hung } from './fitted.js';
import { print, printJson, say } from './output.js';
import { amountWords } from './words.js';

/**
 * `aftercare check` without a model: every one of the folder, each as by itself. What is wrong with
 * one, or with its file, keeps nobody from the others; the worst exit code counts.
 */
export async function checkAll(context: Context, options: CheckOptions): Promise<number> {
  const { reproduce, windowNumber, report } = options;
  if ([reproduce, windowNumber, report].some((one) => one !== undefined)) {
    throw new UsageError('--reproduce, --window-number and --report need a model: check <model>.');
  }
  const { models, faults } = await loadSound(context.app);
  const ends: End[] = [];
  for (const model of models) ends.push(await checkNext(context, model, options));
  for (const line of faults) say(hung(line));
  const exitCode = worstOf([...ends.map(({ code }) => code), ...(faults.length > 0 ? [2] : [])]);
  const checks = ends.flatMap(({ told }) => told ?? []);
  if (context.format === 'json') {
    printJson({ version: 1, checks: checks.map(({ report }) => report()), faults, exitCode });
    return exitCode;
  }
  const wrong = faults.length === 0 ? '' : `, ${amountWords(faults.length, 'fault')} in files`;
  const counted = `${checks.length} of ${amountWords(models.length, 'model')} checked${wrong}`;
  print(`${counted}\nexit ${exitCode} (${exitWords(exitCode)})`);
  return exitCode;
}

/** How the check of one model ended; `told` null: it could not be checked, why is on stderr. */
interface End {
  code: number;
  told: Told | null;
}

async function checkNext(
  context: Context,
  model: LoadedModel,
  options: CheckOptions,
): Promise<End> {
  try {
    const told = await checkOne(context, model, options);
    if (context.format !== 'json') print(`${told.text()}\n`);
    return { code: told.exitCode, told };
  } catch (error) {
    return { code: failed(error, 'message'), told: null };
  }
}
