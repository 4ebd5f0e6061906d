import { exampleTeams } from '../../config/example-teams.js';
import { exampleMonitor, shortestMonitor } from '../../config/example.js';
import { explainMonitor } from '../../config/explain.js';
import { knownChecks } from '../../config/known-checks.js';
import { jsonSchemaOf } from '../../config/known-keys.js';
import { monitorSchema } from '../../config/monitor.js';
import { teamsSchema } from '../../config/teams-schema.js';
import { stringify } from 'yaml';
import { monitorWords } from './monitor-words.js';
import { teamsWords } from './teams-words.js';
import { code, markdownTable, pageHead } from './text.js';

const ABOUT = `One file for each model in the folder of monitors, beside \`teams.yaml\`. What
\`_defaults.yaml\` says holds for every file of the folder that does not say otherwise. Relative
paths count from the folder in which a command or a worker is started. Unknown keys are errors, with
the key that was probably meant; \`aftercare validate\` names them all at once,
\`aftercare plan --explain\` prints every value in force, and \`aftercare schema\` the JSON Schema
for editors.

A duration is a number with a unit, \`ms s m h d w\`: \`30m\`, \`2h\`, \`7d\`. A share is \`0.05\` or
\`5%\`. A secret is named, never written: \`env:NAME\` or \`file:PATH\`.`;

const CHECKS = `Entries of \`checks\` stand beside the default checks; \`checks: { only: [...] }\`
replaces them. An entry is the name of a check alone, or an object:`;

const TEAMS = `Who there is and how they are reached. A webhook is an address, or an object with an
address and a secret.`;

interface Node {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  required?: string[];
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
  oneOf?: Node[];
}

/** A key of a file: where it stands and what its schema says of it. */
interface Key {
  path: string;
  isRequired: boolean;
  nodes: Node[];
}

/** `reference/monitor.md`: every key of a monitor file and of teams.yaml. */
export function monitorPage(): string {
  const keys = keysOf(jsonSchemaOf(monitorSchema(knownChecks)), monitorWords);
  const defaults = usualValues();
  const sections = [...new Set(keys.map(({ path }) => topOf(path)))];
  const bodies = sections.map((name) => {
    const own = keys.filter(({ path }) => topOf(path) === name);
    const about = name === 'checks' ? `\n${CHECKS}\n` : '';
    return `## ${name}\n${about}\n${tableOf(own, monitorWords, defaults)}\n`;
  });
  const teams = keysOf(jsonSchemaOf(teamsSchema), teamsWords);
  return [
    pageHead('Monitor files', ABOUT),
    'The shortest file:\n',
    yaml(shortestMonitor),
    ...bodies,
    `## teams.yaml\n\n${TEAMS}\n`,
    tableOf(teams, teamsWords, new Map()),
    '\n## A monitor that says everything\n',
    yaml(exampleMonitor),
    'And its `teams.yaml`:\n',
    yaml(exampleTeams),
  ].join('\n');
}

const topOf = (path: string): string => path.split(/[.[]/)[0] ?? path;
const yaml = (value: unknown): string =>
  `\`\`\`yaml\n${stringify(value, { lineWidth: 90 })}\`\`\`\n`;

/** The keys that have words; TypeError for a leaf without words, and for words without a key. */
function keysOf(schema: object, words: Readonly<Record<string, string>>): Key[] {
  const found = new Map<string, Key>();
  walk(schema, '', found);
  // The entries of `only` are those of the list.
  const keys = [...found.values()].filter(({ path }) => !path.startsWith('checks.only'));
  const isLeaf = (path: string): boolean =>
    !keys.some((other) => other.path.startsWith(`${path}.`) || other.path.startsWith(`${path}[]`));
  const silent = keys.filter(({ path }) => isLeaf(path) && words[path] === undefined);
  const stale = Object.keys(words).filter((path) => !found.has(path));
  if (silent.length + stale.length > 0) {
    const names = silent.map(({ path }) => path);
    throw new TypeError(`without words: ${names.join(', ')}; words without a key: ${stale.join()}`);
  }
  return keys.filter(({ path }) => words[path] !== undefined);
}

function walk(node: Node, at: string, found: Map<string, Key>): void {
  const forms = formsOf(node);
  const objects = forms.filter(({ properties }) => properties !== undefined);
  for (const form of forms) {
    for (const [name, child] of Object.entries(form.properties ?? {})) {
      const path = at === '' ? name : `${at}.${name}`;
      const isRequired = objects.every(({ required }) => required?.includes(name) === true);
      found.set(path, { path, isRequired, nodes: [...(found.get(path)?.nodes ?? []), child] });
      walk(child, path, found);
    }
    if (form.items !== undefined) walk(form.items, `${at}[]`, found);
    if (typeof form.additionalProperties === 'object') {
      walk(form.additionalProperties, `${at}.*`, found);
    }
  }
}

/** What a value may be, one schema for each form. */
function formsOf(node: Node): Node[] {
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return branches.length === 0 ? [node] : branches.flatMap(formsOf);
}

/** What holds where a file says nothing, from a file that says as little as it can. */
function usualValues(): Map<string, string> {
  const given = {
    ...shortestMonitor,
    columns: { ...shortestMonitor.columns, prediction: { score: 'p' } },
    labels: [{ value: 'outcome' }],
    retraining: { trigger: { kind: 'command', command: ['train'] } },
  };
  const monitor = monitorSchema(knownChecks).parse(given);
  const lines = explainMonitor({ monitor, given }).map((line) =>
    /^([\w.]+): (.+) {2}\(default\)$/.exec(line),
  );
  return new Map(
    lines.map((found) => [(found?.[1] ?? '').replace('.0.', '[].'), found?.[2] ?? '']),
  );
}

function tableOf(
  keys: readonly Key[],
  words: Readonly<Record<string, string>>,
  defaults: ReadonlyMap<string, string>,
): string {
  const rows = keys.map(({ path, isRequired, nodes }) => {
    const values = [...new Set(nodes.flatMap(valuesOf))];
    const own = nodes.find((node) => node.default !== undefined)?.default;
    const told = words[path] ?? '';
    const usual = own === undefined && !tellsDefault.test(told) ? defaults.get(path) : plain(own);
    return [
      code(path),
      `${told}${values.length === 0 ? '' : ` One of ${values.map(code).join(', ')}.`}`,
      isRequired
        ? 'must be there'
        : usual === undefined || usual.startsWith('none')
          ? '–'
          : code(usual),
    ];
  });
  return markdownTable(['key', 'meaning', 'default'], rows);
}

/** Words that say themselves what holds where the key is absent. */
const tellsDefault = /default|without it/;

function plain(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value) && value.length === 0) return 'none';
  if (Array.isArray(value) && value.every((own) => typeof own === 'string'))
    return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function valuesOf(node: Node): string[] {
  const own = node.enum ?? (node.const === undefined ? [] : [node.const]);
  return own.map(String);
}
