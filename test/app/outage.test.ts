import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { openApp, type App } from '../../app/app.js';
import { openWatch, tellOutage } from '../../app/outage.js';
import { readSettings } from '../../config/settings.js';
import { cleanEnv, type Env } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { withSmtp } from '../support/smtp.js';

const BROKEN = { late: [], outage: 'Temporal does not answer. Start a server that runs.' };
const WORKS = { late: [], outage: null };
const TOLD = 'c@x.org: Aftercare: check-health critical, nothing is evaluated (0 models late)';
const OVER = 'c@x.org: Aftercare: check-health resolved, it works again';

interface Root {
  app: App;
  /** As `app`, with a mail server that does not answer. */
  mute: App;
  told: () => string[];
  texts: () => string[];
}

/** An installation whose root is chris, with a mail server of its own. */
function withRoot<T>(run: (root: Root) => Promise<T>): Promise<T> {
  return withSmtp({}, (smtp) =>
    withPlace({}, async ({ folder, env }) => {
      await mkdir(join(folder, 'monitors'));
      const teams = {
        people: { ana: { email: 'ana@x.org' }, chris: { email: 'c@x.org' } },
        teams: { ml: { members: ['ana'], channels: ['email'] } },
        root: 'chris',
      };
      await writeFile(join(folder, 'monitors/teams.yaml'), stringify(teams));
      await writeFile(join(folder, 'monitors/churn.yaml'), 'version: 1\n');
      const appOf = (more: Env) =>
        openApp(readSettings(cleanEnv({ ...env, ...more })), pino({ level: 'silent' }));
      return run({
        app: appOf({ AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}` }),
        mute: appOf({ AFTERCARE_SMTP_URL: 'smtp://127.0.0.1:1' }),
        told: () => smtp.mails.map(({ to, mail }) => `${to.join()}: ${mail.subject ?? ''}`),
        texts: () => smtp.mails.map(({ mail }) => mail.text ?? ''),
      });
    }),
  );
}

test('an outage that is over in the next round, as at a start, is told to nobody', () =>
  withRoot(async ({ app, told }) => {
    const watch = await openWatch(app);
    for (const found of [BROKEN, WORKS, BROKEN, WORKS]) await tellOutage(app, watch, found);
    expect(told()).toEqual([]);
  }));

test('an outage that two rounds saw is told once, and once that it is over', () =>
  withRoot(async ({ app, told, texts }) => {
    const watch = await openWatch(app);
    for (const found of [BROKEN, BROKEN, BROKEN]) await tellOutage(app, watch, found);
    expect(told()).toEqual([TOLD]);
    expect(texts()[0]).toContain('Start a server that runs.\n');
    for (const found of [WORKS, WORKS, BROKEN]) await tellOutage(app, watch, found);
    expect(told()).toEqual([TOLD, OVER]);
    await tellOutage(app, watch, BROKEN);
    expect(told()).toEqual([TOLD, OVER, TOLD]);
  }));

test('the windows that are late are told on the wall clock of their model', () =>
  withRoot(async ({ app, texts }) => {
    const published = {
      monitor: { windows: { timezone: 'Europe/Paris' } },
      alerts: { 'check-health': { route: { root: [] } } },
    };
    const late = { model: 'churn', windowEnd: Date.UTC(2026, 2, 1, 23), published } as never;
    const watch = await openWatch(app);
    const found = { ...BROKEN, late: [late] };
    for (const one of [found, found]) await tellOutage(app, watch, one);
    expect(texts()[0]).toContain('Late: churn (window to 2026-03-02 00:00 Europe/Paris).');
  }));

test('a restart of serve during an outage repeats nothing, and root hears that it is over', () =>
  withRoot(async ({ app, told }) => {
    const before = await openWatch(app);
    for (const found of [BROKEN, BROKEN]) await tellOutage(app, before, found);
    const after = await openWatch(app);
    for (const found of [BROKEN, BROKEN, WORKS]) await tellOutage(app, after, found);
    expect(told()).toEqual([TOLD, OVER]);
    await tellOutage(app, await openWatch(app), WORKS);
    expect(told()).toEqual([TOLD, OVER]);
  }));

test('what the mail server did not take is sent in a later round', () =>
  withRoot(async ({ app, mute, told }) => {
    const watch = await openWatch(app);
    for (const found of [BROKEN, BROKEN]) await tellOutage(mute, watch, found);
    await tellOutage(app, watch, BROKEN);
    expect(told()).toEqual([TOLD]);
    await tellOutage(mute, watch, WORKS);
    for (const found of [WORKS, WORKS]) await tellOutage(app, watch, found);
    expect(told()).toEqual([TOLD, OVER]);
  }));
