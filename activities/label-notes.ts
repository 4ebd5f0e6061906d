import type { Monitor } from '../domain/monitor.js';
import { total } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Located } from '../domain/source.js';
import { inZone } from '../domain/zone.js';
import type { Instant } from '../domain/window.js';
import { formatDuration } from '../calendar/durations.js';
import { isTemplate } from '../calendar/partitions.js';

/** Labels as they met a window. */
export interface LabelsNoted {
  monitor: Monitor;
  /** Files of the label source; null: there is none of its own. */
  labels: Located | null;
  asked: Profile['asked'];
  /** Rows of the window. */
  rows: number;
  knownAt: Instant;
  /** All labels of the window should be there. */
  mature: boolean;
}

/** What people have to know of labels that do not count or are not there; [] when all is well. */
export function labelNotes(of: LabelsNoted): string[] {
  const { monitor, labels, mature } = of;
  if (monitor.labels === null) return [];
  if (labels !== null && labels.files.every(({ bytes }) => bytes === 0)) {
    // The partitions of labels that are still to come are no news.
    if (isTemplate(labels.path) && !mature) return [];
    const some = labels.files.length > 0;
    return [
      some ? `the label files of ${labels.path} are empty` : `no label file matches ${labels.path}`,
    ];
  }
  return [...unmet(of), ...unreadable(of), ...contradicting(of), ...aside(of), ...later(of)];
}

/** No label has a prediction: of a whole file of them, one key is likely to be another. */
function unmet({ monitor, labels, asked, mature, rows }: LabelsNoted): string[] {
  const all = total(asked['labels'], 'labels');
  const keys = asked['unmet']?.by;
  // Where no row came there is no key that could be another.
  if (!mature || rows === 0 || keys === undefined) return [];
  const names = Array.from(keys['key'] ?? [], String);
  const others = names.flatMap((name, index) => {
    const [there, here] = [keys['there']?.[index] ?? '', keys['here']?.[index] ?? ''];
    return there === here ? [] : [`the key ${name} is ${there} there and ${here} here`];
  });
  const where = labels === null ? '' : ` of ${labels.path}`;
  const { within } = monitor.labels ?? {};
  const when = within === undefined ? '' : ` in the ${formatDuration(within)} before it`;
  const why =
    others.length > 0
      ? others.join(', ')
      : `no prediction has the ${names.join(', ')} of any${when}`;
  return [`none of the ${all} labels${where} has a prediction in the window: ${why}`];
}

function unreadable({ monitor, asked }: LabelsNoted): string[] {
  const sums = asked['labels'];
  const [all, met] = [total(sums, 'labels'), total(sums, 'met')];
  const texts = (of: string) => Array.from(asked[of]?.by['value'] ?? [], String).join(', ');
  const what = monitor.model.task === 'regression' ? 'no numbers' : 'neither positive nor negative';
  const { on = {}, timestamp = null, within } = monitor.labels ?? {};
  const keys = Object.values(on).join(', ');
  const key = within === undefined ? keys : `${keys} or no readable time in ${timestamp ?? ''}`;
  const odd = [
    [total(sums, 'unread'), met, `are ${what} (${texts('unread')})`],
    [
      total(sums, 'untimed'),
      met,
      `have no readable time in ${timestamp ?? ''} (${texts('untimed')})`,
    ],
    [total(sums, 'keyless'), all, `have no ${key}`],
  ] as const;
  return odd.flatMap(([n, of, said]) =>
    n === 0 ? [] : [`${n} of ${of} labels ${said} and do not count`],
  );
}

function contradicting({ monitor, asked }: LabelsNoted): string[] {
  const n = total(asked['labels'], 'conflicting');
  if (n === 0) return [];
  const { timestamp = null } = monitor.labels ?? {};
  const first = timestamp === null ? 'the smallest (0 before 1)' : `the first by ${timestamp}`;
  const those = n === 1 ? '1 prediction has' : `${n} predictions have`;
  return [`${those} labels that contradict one another: ${first} counts`];
}

/** Of rows acted on only positives would be known. */
function aside({ asked }: LabelsNoted): string[] {
  const n = total(asked['labels'], 'aside');
  if (n === 0) return [];
  const those = n === 1 ? '1 label is of a row' : `${n} labels are of rows`;
  const these = n === 1 ? 'does' : 'do';
  return [`${those} acted on and ${these} not count: absent.when_acted is unknown`];
}

/** All are of a time to come: some are so in every look at what was known then. */
function later({ monitor, asked, knownAt, mature }: LabelsNoted): string[] {
  const [met, n] = [total(asked['labels'], 'met'), total(asked['labels'], 'later')];
  if (!mature || n === 0 || n < met) return [];
  const { timestamp = null } = monitor.labels ?? {};
  const now = inZone(knownAt, monitor.windows.timezone);
  return [`all ${n} labels have a time in ${timestamp ?? ''} after ${now} and are not known yet`];
}
