import { formatDuration } from '../calendar/durations.js';
import type { Duration } from '../domain/window.js';

/** What an entry of `labels:` says that another one may contradict. */
interface Given {
  name: string;
  role: 'target' | 'early_proxy' | 'review';
  from?: unknown;
  mature_after?: Duration | undefined;
  absent?: { after: Duration } | undefined;
  min_coverage?: unknown;
  label_source?: unknown;
}

interface Found {
  path: (string | number)[];
  message: string;
}

const matureOf = ({ mature_after: given, absent }: Given): Duration => given ?? absent?.after ?? 0;

/** What is wrong between the entries of `labels:`: the first is the target, the others stand in. */
export function standInFaults(given: readonly Given[]): Found[] {
  const [target, ...others] = given;
  if (target === undefined) return [];
  const faults: Found[] = [];
  if (target.role !== 'target') {
    const message =
      'expected target: the first label source is the one that the model is judged by';
    faults.push({ path: [0, 'role'], message });
  }
  const most = matureOf(target);
  others.forEach((one, place) => {
    const index = place + 1;
    const refuse = (key: string, message: string) => faults.push({ path: [index, key], message });
    if (one.role === 'target') {
      refuse('role', 'labels[0] is the target: expected early_proxy or review');
    }
    if (given.slice(0, index).some(({ name }) => name === one.name)) {
      refuse('name', `"${one.name}" is there already: expected a name of its own`);
    }
    if (one.from === undefined) refuse('from', 'missing: where these labels are');
    if (matureOf(one) > most) {
      const least = formatDuration(most);
      const why = 'mature_after of the target: after it no window is looked at again';
      refuse('mature_after', `expected at most ${least}, ${why}`);
    }
    for (const key of ['min_coverage', 'label_source'] as const) {
      if (one[key] !== undefined) refuse(key, 'expected none: only the target has one');
    }
  });
  return faults;
}
