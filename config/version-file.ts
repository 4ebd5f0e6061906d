import { tell } from './issues.js';
import { jsonSchemaOf, valueAt } from './known-keys.js';
import { asMeant, isSameFault } from './meant.js';
import { inOrder, pathText, wholeFile, type Problem } from './problem.js';
import { plainSecrets } from './secrets.js';
import { exampleVersion, versionSchema, type VersionText } from './version-schema.js';
import { parseYaml, type YamlFile } from './yaml-file.js';
import { readText, type Place } from './yaml-text.js';

type Path = readonly PropertyKey[];

/** What a file says of a version, or all that is wrong with it. */
export type VersionRead =
  | {
      version: VersionText;
      /** A fault at a path of the file. */
      problemAt: (path: Path, message: string) => Problem;
    }
  | { problems: readonly Problem[] };

/** Reads the file of a version, YAML or JSON, strictly. Reads only. */
export function readVersionFile(place: Place): VersionRead {
  const source = readText(place) ?? wholeFile(place.name, 'there is no such file');
  const yaml = typeof source === 'string' ? parseYaml(place.name, source) : source;
  if ('severity' in yaml) return { problems: [yaml] };
  if (yaml.value === null) {
    const message = 'empty: expected a version. Example: version: churn-7';
    return { problems: [wholeFile(place.name, message)] };
  }
  const problemAt = (path: Path, message: string): Problem => {
    const position = yaml.positionOf(path);
    return { file: place.name, ...position, path: pathText(path), message, severity: 'error' };
  };
  const parsed = versionSchema.safeParse(yaml.value);
  const secrets = plainSecrets(yaml.value)
    .filter(({ path }) => !isHash(yaml.value, path))
    .map(({ path, message }) => problemAt(path, message));
  const hidden = new Set(secrets.map(({ path }) => path));
  const faults = parsed.success ? [] : faultsOf(yaml, parsed.error.issues);
  const problems = [...yaml.faults, ...secrets, ...faults.filter(({ path }) => !hidden.has(path))];
  if (parsed.success && problems.length === 0) return { version: parsed.data, problemAt };
  return { problems: inOrder(problems) };
}

/** Hex digits are a hash, a commit or a run here, but where anything may stand. */
function isHash(root: unknown, path: Path): boolean {
  if (path[0] === 'hyperparameters' || path[0] === 'preprocessing') return false;
  const text = String(valueAt(root, path)).replaceAll(/\b[0-9a-f]{7,}\b/gi, '');
  return plainSecrets(text).length === 0;
}

function faultsOf(yaml: YamlFile, issues: Parameters<typeof tell>[0]): Problem[] {
  const { value } = yaml;
  const schema = jsonSchemaOf(versionSchema);
  const asked = { value, schema, examples: [exampleVersion], checks: [], later: 'none' as const };
  const meant = asMeant(value, issues, schema);
  // A key that is misspelt is not missing, too, and what is behind it is looked at.
  const first = tell(issues, asked).filter(({ path }) => !meant.isMisspelt(path));
  const second = versionSchema.safeParse(meant.value).error?.issues ?? [];
  const more = tell(second, { ...asked, value: meant.value })
    .map((told) => ({ ...told, path: meant.spelt(told.path) }))
    .filter((told) => !first.some((other) => isSameFault(told, other)));
  return [...first, ...more].map(({ path, message, at }) => {
    const position = at === 'key' ? yaml.positionOfKey(path) : yaml.positionOf(path);
    return { file: yaml.name, ...position, path: pathText(path), message, severity: 'error' };
  });
}
