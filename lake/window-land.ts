import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Monitor } from '../domain/monitor.js';
import { withJoined } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { isText } from './window-casts.js';
import { fresh } from './window-files.js';
import type { OpenWindow } from './window-open.js';
import { columnOf } from './window-parts.js';
import type { Dimension } from './window-parts.js';
import type { Rows } from './window-rows.js';

/** The rows of a window in a file of their own. */
export interface Landed {
  /** A view of that file. */
  view: string;
  /** Moves the file to a folder, under a name that nothing else has; its path there. */
  keep: (folder: string) => Promise<string>;
  /** Removes what was not kept. */
  close: () => Promise<void>;
}

/**
 * Writes the rows of a window as Parquet, with what parts them, sorted by event time, when their
 * files cannot be read again cheaply; null for files that can, and without rows.
 */
export async function land(
  db: Duck,
  from: {
    monitor: Monitor;
    predictions: Located;
    rows: Rows;
    window: OpenWindow;
    dimensions: readonly Dimension[];
  },
): Promise<Landed | null> {
  const isDear = ({ kind, origin }: Located) => isText(kind) || origin === 'pulled';
  if (!withJoined(from.predictions).some(isDear) || from.window.accepted === 0) return null;
  const folder = path.resolve(db.options.tempDirectory, 'land');
  await mkdir(folder, { recursive: true });
  const name = `${randomUUID()}.parquet`;
  const file = path.join(folder, name);
  const parted = from.dimensions.map(columnOf);
  const columns = [...Object.keys(from.rows.types), ...parted].map(quoteName).join(', ');
  const time = quoteName(from.monitor.columns.timestamp.column);
  await perform(
    db,
    `copy (select ${columns} from ${from.window.view} order by ${time}) to ${quoteText(file)} ` +
      '(format parquet, compression snappy)',
  );
  const view = fresh('landed');
  await perform(db, `create view ${view} as from read_parquet([${quoteText(file)}])`);
  return {
    view,
    keep: async (target) => {
      await mkdir(target, { recursive: true });
      const kept = path.join(target, name);
      // Another device: copied under a name that no reader takes for whole.
      await rename(file, kept).catch(async () => {
        await copyFile(file, `${kept}.tmp`);
        await rename(`${kept}.tmp`, kept);
      });
      return kept;
    },
    close: async () => {
      await perform(db, `drop view ${view}`);
      await rm(file, { force: true });
    },
  };
}
