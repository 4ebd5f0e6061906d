import type { MonitorGiven } from './file-schema.js';

/** Something that is wrong at a place of the file. */
export interface Fault {
  path: readonly (string | number)[];
  message: string;
}

/** The sections of a file that are right by themselves. */
export type Sections = Partial<MonitorGiven>;
