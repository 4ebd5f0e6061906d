import { actionOf } from '../checks/custom.js';
import { checkNamed, checks } from '../checks/index.js';
import { nameOfCheck } from '../checks/questions.js';
import type { ModelHead } from '../domain/model.js';
import { modelHead, publishedOf, type Deps } from './deps.js';

/** What to do when a check fires, by the names that the monitor gives its checks. */
export async function actionsOf(
  deps: Pick<Deps, 'lake'>,
  model: string,
  checksNamed: readonly string[],
): Promise<Record<string, string>> {
  const names = [...new Set(checksNamed)];
  const isOurs = (name: string): boolean => checks.some((check) => check.name === name);
  const head = names.every(isOurs) ? null : await deps.lake.readHead<ModelHead>(modelHead(model));
  const specs = head === null ? [] : (await publishedOf(deps, head.monitor)).monitor.checks;
  const entries = names.flatMap((name) => {
    const spec = specs.find((one) => nameOfCheck(one) === name);
    const own = spec?.check ?? name;
    if (!isOurs(own)) return [];
    const check = checkNamed(own);
    return [[name, spec === undefined ? check.action : actionOf(check, spec)] as const];
  });
  return Object.fromEntries(entries);
}
