import { checkNamed } from '../../checks/index.js';
import type { Finding } from '../../domain/finding.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import { evidenceOf, monitorOf } from '../checks/evidence.js';
import { chanceOf } from './chance.js';
import { drawn, scoresOf } from './fraud.js';
import type { Setting } from './fraud.js';
import { share } from './figures.js';
import type { Figure, Size } from './figures.js';
import { findingsOf } from './simulate.js';

/** Runs of a setting of which shares are told. */
export const runsOf = (size: Size): number => (size === 'quick' ? 12 : 600);

/** How often a check has fired by the rounds of a setting. */
export function fires(check: string, setting: Setting, size: Size): Figure[] {
  const runs = runsOf(size);
  const firsts = Array.from({ length: runs }, (_, run) => {
    let round = 0;
    for (const finding of looks(check, setting, run)) {
      round += 1;
      if (isBad(finding)) return round;
    }
    return Infinity;
  });
  return Object.entries(setting.must).map(([by, bound]) => {
    const hits = firsts.filter((first) => first <= Number(by)).length;
    return share({ row: setting.row, column: `round ${by}`, must: bound }, { hits, n: runs });
  });
}

/** True of what people hear of. */
const isBad = ({ verdict }: Finding): boolean => verdict === 'warn' || verdict === 'alert';

/** What a check finds in each round of one run; the reference, if any, is a round without acting. */
export function* looks(check: string, setting: Setting, run: number): Generator<Finding> {
  const name = `${check}/${setting.row}/${String(run)}`;
  const chance = chanceOf(name);
  const [monitor, world] = [monitorWith(check), scoresOf(setting)];
  const whole = { ...setting, deterred: 0, missing: 0 };
  const reference = checkNamed(check).needs.includes('reference')
    ? drawn(chanceOf(`${name}/reference`), whole, { world, round: 0 })
    : null;
  const before: Profile[] = [];
  for (let round = 0; round < setting.rounds; round++) {
    const current = drawn(chance, setting, { world, round });
    const labelled = { first: before.slice(0, 28), recent: before.slice(-90) };
    yield* findingsOf(monitor, { ...evidenceOf({}, {}), current, reference, labelled });
    before.push(current);
  }
}

function monitorWith(check: string): Monitor {
  const { warn, alert, minRows, rule } = checkNamed(check).defaults;
  const asked = { name: null, against: null, targets: null, running: null, every: null };
  const spec: CheckSpec = { ...asked, check, warn, alert, minRows, rule, params: {} };
  return monitorOf({ checks: [spec] });
}
