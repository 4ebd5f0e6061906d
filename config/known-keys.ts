import { z } from 'zod';

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  const?: unknown;
  default?: unknown;
}

/**
 * What a file may say, as JSON Schema: the input side of a zod schema. `ref` writes parts that come
 * again once; knownKeys walks the other form.
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  reused: 'inline' | 'ref' = 'inline',
): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused });
}

/** The keys that a schema knows at a path of a file with these plain values. */
export function knownKeys(
  schema: Record<string, unknown>,
  root: unknown,
  path: readonly PropertyKey[],
): string[] {
  let nodes = alternatives(schema, root);
  let value = root;
  for (const part of path) {
    value = childOf(value, part);
    nodes = nodes.flatMap((node) => step(node, part)).flatMap((node) => alternatives(node, value));
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** The value at a path; undefined when it is not there. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(childOf, root);
}

function childOf(value: unknown, part: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<PropertyKey, unknown>)[part];
}

function step(node: JsonSchema, part: PropertyKey): JsonSchema[] {
  if (typeof part === 'number') return node.items === undefined ? [] : [node.items];
  const own = node.properties?.[String(part)];
  if (own !== undefined) return [own];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}

/** The branches of unions; of those told apart by a fixed word, the one that the value names. */
function alternatives(node: JsonSchema, value: unknown): JsonSchema[] {
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (branches.length === 0) return [node];
  return branches
    .flatMap((branch) => alternatives(branch, value))
    .filter((branch) => {
      return Object.entries(branch.properties ?? {}).every(
        ([key, own]) =>
          own.const === undefined || own.const === (childOf(value, key) ?? own.default),
      );
    });
}
