import type { Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { attributes } from '../workflows/messages.js';

/** Temporal's number of the type that we use (temporal.api.enums.v1.IndexedValueType). */
const KEYWORD = 2;

/** Name → type. No value of them may be personal: they are never encrypted. */
export const searchAttributes: Readonly<Record<string, number>> = {
  [attributes.model]: KEYWORD,
};

/**
 * Registers our search attributes on a namespace: the one init step of every server. A repeat adds
 * only what is missing; a name that exists with another type is an error that says so.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing: Record<string, number> = {};
  for (const [name, type] of Object.entries(searchAttributes)) {
    const found = known.customAttributes[name];
    if (found === undefined) missing[name] = type;
    else if ((found as number) !== type) {
      throw new Error(
        `search attribute ${name} of namespace ${namespace} has type ${found}; expected ${type}. ` +
          `Remove it with: temporal operator search-attribute remove --name ${name}`,
      );
    }
  }
  if (Object.keys(missing).length === 0) return;
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
}

/** Typed keys, for starts and upserts. */
export const attributeKeys = {
  model: defineSearchAttributeKey(attributes.model, SearchAttributeType.KEYWORD),
} as const;
