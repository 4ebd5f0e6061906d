import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** What a reference may reach. */
export interface SecretScope {
  env: Readonly<Record<string, string | undefined>>;
  /** `file:` must lie below this folder, links followed; absent: anywhere. */
  folder?: string;
  /** Variables that may be named, `PREFIX_*` for many; absent: any. */
  granted?: readonly string[];
}

/** A secret that is not there or not granted. Its message never holds a value. */
export class SecretError extends Error {
  override name = 'SecretError';
}

/** What the team of a monitor may reach: its folder, the variables that are granted to it. */
export function scopeOf(
  settings: { secrets: { folder: string; grants: readonly string[] } },
  team: string,
  env: SecretScope['env'],
): SecretScope {
  const bare = team.replace(/^team:/, '');
  const granted = settings.secrets.grants.flatMap((grant) => {
    const [whom = '', name = ''] = grant.split(':');
    return whom === '*' || whom === bare ? [name] : [];
  });
  return { env, folder: path.join(settings.secrets.folder, bare), granted };
}

/**
 * The value of `env:NAME` or of `file:PATH` (one trailing line end is cut; a relative path counts
 * from the scope's folder). SecretError when it is absent, empty or out of the scope.
 */
export function resolveSecret(reference: string, scope: SecretScope): string {
  const [, kind, name] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  if (name === undefined) {
    throw new SecretError('expected a secret as env:NAME or file:PATH, got something else');
  }
  return kind === 'env' ? fromVariable(name, scope) : fromFile(name, scope);
}

function fromVariable(name: string, scope: SecretScope): string {
  if (scope.granted !== undefined && !isGranted(name, scope.granted)) {
    throw new SecretError(
      `env:${name} is not granted to this team. Example: AFTERCARE_SECRET_GRANTS=my-team:${name}`,
    );
  }
  const value = scope.env[name];
  if (value === undefined || value === '') {
    throw new SecretError(`env:${name} is not set: expected the variable ${name}`);
  }
  return value;
}

/** Aftercare's own variables hold the secrets of the installation, not of a team. */
function isGranted(name: string, granted: readonly string[]): boolean {
  if (/^(AFTERCARE|TEMPORAL)_/.test(name)) return false;
  return granted.some((own) =>
    own.endsWith('*') ? name.startsWith(own.slice(0, -1)) : name === own,
  );
}

function fromFile(name: string, scope: SecretScope): string {
  let value: string;
  try {
    const file = realpathSync(path.resolve(scope.folder ?? '.', name));
    if (scope.folder !== undefined && !isBelow(realpathSync(scope.folder), file)) {
      throw new SecretError(`file:${name} is not below ${scope.folder}, the folder of its team`);
    }
    value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const where = scope.folder === undefined ? '' : ` below ${scope.folder}`;
    throw new SecretError(`file:${name} cannot be read: expected a file${where}`);
  }
  if (value === '') throw new SecretError(`file:${name} is empty: expected the secret in it`);
  return value;
}

function isBelow(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
