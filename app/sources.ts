import { join } from 'node:path';
import { resolveSecret, scopeOf, SecretError } from '../config/secret.js';
import { environment, type Settings } from '../config/settings.js';
import { SourceError } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { withTables } from '../lake/tables.js';
import { checkedAddress, systemResolver } from '../notifiers/network-guard.js';
import type { World } from '../sources/source.js';
import { scratchFolder } from './settings.js';

/** How this process reaches sources that lie elsewhere. */
export function worldOf({ settings, clock }: { settings: Settings; clock: () => Instant }): World {
  const scratch = scratchFolder(settings);
  const { allowPrivate } = settings.webhooks;
  const { threads, memoryLimitMb } = settings;
  return {
    folder: join(scratch, 'copies'),
    clock,
    secret: (reference, owner) => {
      try {
        return resolveSecret(reference, scopeOf(settings, owner, environment()));
      } catch (error) {
        if (!(error instanceof SecretError)) throw error;
        throw new SourceError(reference, null, error.message.replace(`${reference} `, ''));
      }
    },
    address: (url) => checkedAddress(url, { allowPrivate, resolve: systemResolver }),
    withTables: (run, signal) => {
      const tempDirectory = join(scratch, 'tables');
      return withTables({ threads, memoryLimitMb, tempDirectory, ...(signal && { signal }) }, run);
    },
  };
}
