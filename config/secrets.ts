import { pathText } from './problem.js';

/** Names whose values are keys to something. */
const names =
  'access[_-]?key|api[_-]?key|private[_-]?key|credentials?|passw(?:or)?d|pwd|secret|signature|' +
  'token';
/** What begins with these stands for a value that is elsewhere. */
const elsewhere = '(?!env:|file:|[{$])';

/** Literals that are keys to something, by how such keys begin or look. */
const shapes: readonly [string, RegExp][] = [
  ['a Slack token', /\bxox[abeoprs]-|\bxapp-/],
  ['an AWS key', /\b(AKIA|ASIA)[0-9A-Z]{12,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ['a GitHub token', /\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}/],
  ['a signing secret', /\bwhsec_[\w+/=]{16,}/],
  ['an API key', /\bsk-[\w-]{20,}|\bAIza[\w-]{30,}/],
  ['a Slack webhook', /hooks\.slack\.com\/services\//],
  ['a web token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./],
  ['a key', /\b[0-9a-fA-F]{32,}\b/],
  ['a URL with a password', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i],
  ['a URL with a user or a token', /\bhttps?:\/\/[^\s/?#@]+@/i],
  [
    'a URL with a key',
    new RegExp(`[?&#;](?:[\\w.-]*[_.-])?(?:${names})=${elsewhere}[^\\s&#]`, 'i'),
  ],
  ['a URL with a key', new RegExp(`[?&#](?:auth|code|key|sig)=${elsewhere}[^\\s&#]{8}`, 'i')],
  ['a key', new RegExp(`^--?(?:[\\w-]+-)?(?:${names})[= ]${elsewhere}\\S`, 'i')],
  [
    'a header with a key',
    new RegExp(`\\b(?:authorization|x-api-key)\\s*:\\s*${elsewhere}\\S`, 'i'),
  ],
];

/** Where a file holds a secret in plain words, and what it looks like; never the secret itself. */
export function plainSecrets(
  value: unknown,
  path: readonly PropertyKey[] = [],
): { path: readonly PropertyKey[]; message: string }[] {
  if (typeof value === 'string') {
    const found = shapes.find(([, shape]) => shape.test(value));
    if (found === undefined) return [];
    const message = `this looks like ${found[0]}: secrets are named, never written`;
    return [{ path, message: `${message}. ${wayOut(path)}` }];
  }
  if (Array.isArray(value)) return value.flatMap((own, i) => plainSecrets(own, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) => plainSecrets(own, [...path, key]));
}

function wayOut(path: readonly PropertyKey[]): string {
  // A command reads its variables itself.
  if (path.includes('command')) return 'Name its variable in env: beside command';
  const name = pathText(path).replace(/\W+/g, '_').toUpperCase();
  return `Expected env:NAME or file:PATH, as env:${name}`;
}
