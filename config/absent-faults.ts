import type { Fault, Sections } from './fault.js';
import { taskOf } from './file-schema.js';

/** Only of a yes or no is there one thing that a row without a label can be, by its own time. */
export function absentFaults(given: Sections): Fault[] {
  return (given.labels ?? []).flatMap((_, index) => faultsOf(given, index));
}

function faultsOf({ model, columns, labels, windows }: Sections, index: number): Fault[] {
  const { absent } = labels?.[index] ?? {};
  if (absent === undefined) return [];
  const at = (...path: string[]): Fault['path'] => ['labels', index, 'absent', ...path];
  const faults: Fault[] = [];
  if (windows?.rows !== undefined) {
    const message = 'expected none: windows.rows have no time for it to count from';
    faults.push({ path: at(), message });
  }
  if (columns === undefined) return faults;
  if (absent.when_acted !== undefined && columns.action === undefined) {
    const message = 'expected none: columns.action, which says what rows were acted on, is missing';
    faults.push({ path: at('when_acted'), message });
  }
  if (model === undefined) return faults;
  const task = taskOf({ model, columns });
  if (task !== 'binary') {
    const message = `expected none: only rows of a binary model can be negative, the task is ${task}`;
    faults.push({ path: at(), message });
  }
  return faults;
}
