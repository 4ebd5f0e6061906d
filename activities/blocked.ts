import type { Instant } from '../domain/window.js';
import type { Deps } from './deps.js';

/** Why an entity cannot decide: `blocked/<entity>`, beside the heads of the entities. */
export interface Block {
  since: Instant;
  reason: string;
}

const MOST_WORDS = 500;

/** Name of the head that says that an entity is blocked. */
export const blockedHead = (entity: string): string => `blocked/${entity}`;

/**
 * Notes that an entity's next decision fails, for people: `since` is that of the first failure. It
 * holds until the entity writes its next head, so nothing has to take it back. A repeat writes
 * nothing. Never throws: the failure itself is what has to get out.
 */
export async function noteBlocked(
  deps: Pick<Deps, 'lake' | 'log'>,
  entity: string,
  failed: { error: unknown; at: Instant },
): Promise<void> {
  const { error, at } = failed;
  try {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, MOST_WORDS);
    const head = await deps.lake.readEntityHead<{ sequence: number }>(entity);
    const next = (head?.sequence ?? 0) + 1;
    await deps.lake.putEntityHead(blockedHead(entity), next, { since: at, reason } satisfies Block);
  } catch (second) {
    const reason = second instanceof Error ? second.message : String(second);
    deps.log('it could not be noted that an entity is blocked', { entity, reason });
  }
}
