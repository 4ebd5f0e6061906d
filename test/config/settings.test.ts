import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveSecret, scopeOf, SecretError } from '../../config/secret.js';
import { readSettings, SettingsError } from '../../config/settings.js';
import { settingsTable } from '../../config/settings-table.js';
import { withConfig } from '../support/config.js';

describe('settings', () => {
  test('an empty environment gives the standard of every variable', () => {
    expect(readSettings({})).toMatchObject({
      lake: path.resolve('.aftercare/lake'),
      state: path.resolve('.aftercare/state'),
      configDir: path.resolve('monitors'),
      temporal: { address: null, namespace: 'default', apiKey: null, cliPath: null },
      mail: {
        smtpUrl: null,
        from: 'aftercare@localhost',
        outbox: path.resolve('.aftercare/outbox'),
      },
      slack: { token: null, apiUrl: null },
      webhooks: { allowPrivate: false },
      now: null,
      memoryLimitMb: 400,
      threads: 1,
      logLevel: 'info',
      color: true,
    });
  });

  test('every variable is read', () => {
    const given = readSettings({
      AFTERCARE_LAKE: '/srv/lake',
      AFTERCARE_NOW: '2016-01-01T00:00:00Z',
      AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'true',
      AFTERCARE_SECRET_GRANTS: 'growth-ml:CHURN_*, *:RETRAIN_URL',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      NO_COLOR: '1',
    });
    expect(given).toMatchObject({
      lake: '/srv/lake',
      now: Date.UTC(2016, 0, 1),
      webhooks: { allowPrivate: true },
      secrets: { grants: ['growth-ml:CHURN_*', '*:RETRAIN_URL'] },
      temporal: { address: '127.0.0.1:7233' },
      color: false,
    });
  });

  test('what we install is kept in the cache of the user, wherever the user has moved it', () => {
    const usual = path.join(homedir(), '.cache', 'aftercare');
    expect(readSettings({ XDG_CACHE_HOME: '/var/cache/ana' }).cache).toBe(
      '/var/cache/ana/aftercare',
    );
    for (const unused of [undefined, '', 'cache', './cache', '~/cache']) {
      expect(readSettings({ XDG_CACHE_HOME: unused }).cache).toBe(usual);
    }
  });

  test('an empty variable counts as absent', () => {
    expect(readSettings({ AFTERCARE_SMTP_URL: '', NO_COLOR: '' })).toMatchObject({
      mail: { smtpUrl: null },
      color: true,
    });
  });

  test('all faults come at once, without a secret in them', () => {
    const secret = ['hunter', '22'].join('');
    const wrong = (): unknown =>
      readSettings({
        AFTERCARE_SMTP_URL: `http://me:${secret}@mail`,
        AFTERCARE_THREADS: 'two',
        AFTERCARE_NOW: '2016-02-31',
      });
    expect(wrong).toThrow(SettingsError);
    expect(wrong).toThrow(
      [
        'AFTERCARE_SMTP_URL: expected smtp://user:password@host:port or smtps://…, got something else',
        'AFTERCARE_NOW: expected an instant, as 2016-01-01T00:00:00Z, got "2016-02-31"',
        'AFTERCARE_THREADS: expected a whole number, at least 1, got "two"',
      ].join('\n'),
    );
  });

  test('a secret may come as a file', async () => {
    await withConfig({ token: 'smtps://mail.example.com\n' }, async (folder) => {
      const env = { AFTERCARE_SMTP_URL: `file:${path.join(folder, 'token')}` };
      expect(readSettings(env).mail.smtpUrl).toBe('smtps://mail.example.com');
      await Promise.resolve();
    });
  });

  test('the table names each variable once, and every standard is right by its own rule', () => {
    const names = settingsTable.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { standard, pattern } of settingsTable) {
      if (standard !== null) expect(standard).toMatch(pattern);
    }
  });
});

describe('secrets', () => {
  const settings = { secrets: { folder: '/nowhere', grants: ['growth-ml:CHURN_*', '*:SHARED'] } };
  const env = { CHURN_URL: 'u', SHARED: 's', OTHER: 'o', AFTERCARE_SLACK_TOKEN: 'x', EMPTY: '' };
  const growth = scopeOf(settings, 'team:growth-ml', env);
  const other = scopeOf(settings, 'ops', env);

  test('a team reaches what it was granted', () => {
    expect(resolveSecret('env:CHURN_URL', growth)).toBe('u');
    expect(resolveSecret('env:SHARED', other)).toBe('s');
    expect(() => resolveSecret('env:CHURN_URL', other)).toThrow(
      'env:CHURN_URL is not granted to this team. Example: AFTERCARE_SECRET_GRANTS=my-team:CHURN_URL',
    );
  });

  test('the secrets of the installation are granted to nobody', () => {
    const all = scopeOf({ secrets: { folder: '/x', grants: ['*:*'] } }, 'ops', env);
    expect(resolveSecret('env:OTHER', all)).toBe('o');
    expect(() => resolveSecret('env:AFTERCARE_SLACK_TOKEN', all)).toThrow('is not granted');
  });

  test('what is not set, empty or no reference is refused without its value', () => {
    expect(() => resolveSecret('env:GONE', { env })).toThrow(
      'env:GONE is not set: expected the variable GONE',
    );
    expect(() => resolveSecret('env:EMPTY', { env })).toThrow(SecretError);
    expect(() => resolveSecret('plain-words', { env })).toThrow(
      'expected a secret as env:NAME or file:PATH, got something else',
    );
  });

  test('a file lies below the folder of its team, links followed', async () => {
    await withConfig({ outside: 'secret of others' }, async (folder) => {
      await mkdir(path.join(folder, 'ops'));
      await writeFile(path.join(folder, 'ops', 'key'), 'mine\n');
      await symlink(path.join(folder, 'outside'), path.join(folder, 'ops', 'link'));
      const scope = scopeOf({ secrets: { folder, grants: [] } }, 'team:ops', {});
      expect(resolveSecret('file:key', scope)).toBe('mine');
      for (const way of ['file:../outside', 'file:link', `file:${path.join(folder, 'outside')}`]) {
        expect(() => resolveSecret(way, scope)).toThrow('is not below');
      }
      expect(() => resolveSecret('file:gone', scope)).toThrow('cannot be read');
    });
  });
});
