import { isTemplate, partitions } from '../calendar/partitions.js';
import { opened } from './files.js';
import type { Asked } from './source.js';

/** The globs of a path or an address for a span; without a template, the one that it is. */
export function globsOf(template: string, { span, timezone }: Asked): string[] {
  if (!isTemplate(template)) return [template];
  return span === null ? [opened(template)] : partitions(template, span, timezone);
}

/** What a glob says before its first wildcard: a listing has to begin there. */
export function prefixOf(glob: string): string {
  const at = glob.search(/[*?[{]/);
  return at === -1 ? glob : glob.slice(0, at);
}

/** `*` and `?` are letters of one folder, `**` of any; `[ab]`, `{a,b}` are choices. */
export function matcherOf(glob: string): (key: string) => boolean {
  const source = glob.replaceAll(/\*\*\/?|\*|\?|\[[^\]]+\]|\{[^}]+\}|[.+^$()|\\{}[\]]/g, (part) => {
    if (part.startsWith('**')) return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (/^\[.+\]$/.test(part)) return part.replace(/^\[!/, '[^');
    if (/^\{.+\}$/.test(part)) {
      const choices = part.slice(1, -1).split(',');
      return `(${choices.map((one) => one.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')).join('|')})`;
    }
    return `\\${part}`;
  });
  const whole = new RegExp(`^${source}$`, 's');
  return (key) => whole.test(key);
}
