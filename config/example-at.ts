import { tablesOfNames } from './example.js';

/**
 * `alert: 0.25` for `checks[7].alert`: the last key with the value of the first example that has
 * one, as YAML on one line; null when none has or all are long.
 */
export function exampleAt(
  examples: readonly unknown[],
  path: readonly PropertyKey[],
): string | null {
  const texts = examples.map((example) => {
    const value = exampleValue(example, path);
    const key = path.at(-1);
    if (value === undefined) return null;
    return typeof key === 'string' ? `${key}: ${flow(value)}` : flow(value);
  });
  return texts.find((text) => text !== null && text.length <= 80) ?? null;
}

function exampleValue(example: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = example;
  for (const [index, part] of path.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    const children = value as Record<PropertyKey, unknown>;
    const anyEntry = typeof part === 'number' || tablesOfNames.includes(String(path[index - 1]));
    value = anyEntry ? Object.values(children)[0] : children[part];
  }
  return value;
}

/** A value as YAML on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, own]) => `${key}: ${flow(own)}`);
    return `{ ${parts.join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  return /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);
}
