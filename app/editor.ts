import type { ModelHead } from '../domain/model.js';
import type { Published } from '../domain/published.js';
import { fingerprint } from '../lake/objects.js';
import type { App } from './app.js';

/** A monitor with its last editor, where it has retrainings that somebody approves. */
export function withEditor(published: Published, editor: string | null): Published {
  const { retraining } = published;
  return retraining === null ? published : { ...published, retraining: { ...retraining, editor } };
}

/** The last editor of what is applied; null: nobody said, or nothing is applied. */
export function editorOf(before: Published | null): string | null {
  return before?.retraining?.editor ?? null;
}

/** As it would be published again by its last editor: the same file is then the same monitor. */
export async function asApplied(
  { lake }: Pick<App, 'lake'>,
  published: Published,
  head: ModelHead | null,
): Promise<Published> {
  if (head === null || published.retraining === null) return published;
  return withEditor(published, editorOf(await lake.getObject<Published>('monitor', head.monitor)));
}

/**
 * What is published when this person applies it: they are its last editor when the monitor itself
 * differs. Other routes or roles, and the same file once more, leave the editor as it was.
 */
export function editedBy(
  published: Published,
  before: Published | null,
  by: string | null,
): Published {
  const isSame = before !== null && fingerprint(before.monitor) === fingerprint(published.monitor);
  return withEditor(published, isSame ? editorOf(before) : by);
}
