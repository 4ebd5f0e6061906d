import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { acceptFinding } from '../../app/accept.js';
import { acceptedLevels } from '../../app/accepted-levels.js';
import { openApp, type App } from '../../app/app.js';
import { checkModel, checkReport } from '../../app/check.js';
import { loadModel } from '../../app/load.js';
import { readSettings } from '../../config/settings.js';
import { acceptLines, levelLine, newWords } from '../../cli/accept.js';
import type { Finding } from '../../domain/finding.js';
import { someTeams } from '../support/config.js';
import { withFolder, writeRows } from '../support/rows.js';

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 0, 1);

/** Six days of 600 rows; from the fourth on `amount` is 10 higher, on the sixth 20. */
const rows = `select i as id, timestamp '2026-01-01' + to_seconds(i * 144) as ts,
    (100 + 20 * (hash(i) % 1000 / 1000.0)
      + case when i // 600 >= 5 then 20 when i // 600 >= 3 then 10 else 0 end)::double as amount
  from range(3600) rows(i)`;
/** The same where one of two feeds is 100 times what it was from the fourth day on. */
const feeds = `select i as id, timestamp '2026-01-01' + to_seconds(i * 144) as ts,
    if(i % 3 = 0, 'b', 'a') as feed,
    ((100 + 20 * (hash(i) % 1000 / 1000.0))
      * if(i % 3 = 0 and i // 600 >= 3, 100, 1))::double as amount
  from range(3600) rows(i)`;
const training = `select i as id, timestamp '2025-01-01' as ts,
    if(i % 3 = 0, 'b', 'a') as feed,
    (100 + 20 * (hash(-i) % 1000 / 1000.0))::double as amount from range(1, 6000) rows(i)`;

const others = { usual: { kind: 'rolling', windows: 3 }, yesterday: { kind: 'previous' } };
const psiOf = (against: string) => ({ check: 'psi', name: `psi_${against}`, against });

async function withShop<T>(run: (app: App) => Promise<T>, of: 'one' | 'feeds' | 'others' = 'one') {
  return withFolder(async (db, folder) => {
    const monitors = join(folder, 'monitors');
    await mkdir(monitors);
    await writeRows(db, join(folder, 'rows.parquet'), of === 'feeds' ? feeds : rows);
    await writeRows(db, join(folder, 'training.parquet'), training);
    const monitor = {
      version: 1,
      model: { id: 'shop', owners: 'team:growth-ml' },
      windows: { size: '1d', timezone: 'UTC' },
      predictions: { from: { path: join(folder, 'rows.parquet') } },
      columns: {
        ...{ id: ['id'], timestamp: 'ts' },
        ...(of === 'feeds' ? { row_source: 'feed' } : { features: { exclude: ['feed'] } }),
      },
      reference: {
        drift: { kind: 'training', path: join(folder, 'training.parquet') },
        ...(of === 'others' ? { others } : {}),
      },
      ...(of === 'others' ? { checks: ['psi', psiOf('usual'), psiOf('yesterday')] } : {}),
    };
    await writeFile(join(monitors, 'shop.yaml'), stringify(monitor));
    await writeFile(join(monitors, 'teams.yaml'), someTeams);
    const settings = {
      ...readSettings(),
      ...{ configDir: monitors, now: FROM + 6 * DAY, lake: join(folder, 'lake') },
      state: join(folder, 'state'),
    };
    return run(openApp(settings, pino({ level: 'silent' })));
  });
}

async function checked(app: App, day: number) {
  const model = await loadModel(app, 'shop');
  const asOf = FROM + day * DAY;
  return checkModel(app, { model, asOf, span: null, exact: 'grid' });
}

async function psiOn(app: App, day: number) {
  const { findings } = await checked(app, day);
  return findings.find(({ check, target }) => check === 'psi' && target === 'amount');
}

const accept = (app: App, change: Record<string, string> = {}) =>
  acceptFinding(app, {
    finding: 'shop@2026-01-05T00:00:00Z/psi/amount',
    ...{ effect: 'fix', until: '2026-03-01', reason: 'the upstream was repaired', by: 'ana' },
    ...change,
  });

test('what check prints can be accepted, and measures the windows from then on', async () => {
  await withShop(async (app) => {
    const before = await checked(app, 4);
    const printed = acceptLines('shop', before.findings).join('\n');
    expect(printed).toContain('aftercare accept shop@2026-01-05T00:00:00Z/psi/amount');
    const report = checkReport(before, 0) as { findings: { id: string; check: string }[] };
    expect(report.findings.map(({ id }) => id)).toContain('shop@2026-01-05T00:00:00Z/psi/amount');

    const { level, isNew, timezone } = await accept(app);
    expect(isNew).toBe(true);
    expect(newWords(level, timezone)).toBe(
      'Accepted until 2026-03-01 00:00 UTC (fix): amount (psi) as in the window from ' +
        '2026-01-04 00:00 UTC. Windows from then on are compared with that one by every check of ' +
        'amount whose reference is older; a further change is told.',
    );
    expect(level).toMatchObject({ from: FROM + 3 * DAY, by: 'ana', effect: 'fix' });

    // The day before the accepted one is judged as it was.
    expect((await psiOn(app, 3))?.details['accepted']).toBeUndefined();
    const after = await checked(app, 5);
    const psi = after.findings.find(({ check }) => check === 'psi');
    expect(psi?.verdict).toBe('ok');
    expect(psi?.sentence).toContain('Measured by the level accepted by ana on 2026-01-07 (fix).');
    expect(after.accepted.map(({ target }) => target)).toEqual(['amount']);
    expect((await psiOn(app, 6))?.verdict).toBe('warn');

    const [told, ...others] = await acceptedLevels(app, 'shop', FROM + 6 * DAY);
    expect(others).toEqual([]);
    expect(told && levelLine(told, 'Europe/Paris')).toBe(
      'amount (psi): as in the window from 2026-01-04 01:00 Europe/Paris, accepted until ' +
        '2026-03-01 01:00 Europe/Paris by ana (fix: the upstream was repaired)',
    );
    expect(Object.keys(told ?? {})).not.toContain('levels');
    expect(await acceptedLevels(app, 'shop', Date.UTC(2026, 2, 1))).toEqual([]);

    const audit = await app.lake.auditOf('model/shop');
    expect(audit).toEqual([
      expect.objectContaining({
        action: 'accept',
        subject: 'shop@2026-01-05T00:00:00Z/psi/amount',
        actor: { id: 'ana', via: 'cli', verified: false },
        reason: 'fix until 2026-03-01 00:00 UTC: the upstream was repaired',
      }),
    ]);

    // A second time, by whomever, changes nothing.
    const second = await accept(app, { by: 'bo', effect: 'season', until: '2027-01-01' });
    expect(second.isNew).toBe(false);
    expect(second.level).toMatchObject({ by: 'ana', effect: 'fix' });
    expect(await app.lake.auditOf('model/shop')).toEqual(audit);
  });
}, 60_000);

test('what cannot be accepted is refused by name, and nothing is written', async () => {
  await withShop(async (app) => {
    await expect(accept(app, { finding: 'shop' })).rejects.toThrow(
      'Expected a finding as churn@2026-11-22T00:00:00Z/psi/amount, got "shop".',
    );
    await expect(accept(app, { finding: 'shp@2026-01-05/psi/amount' })).rejects.toThrow(
      'No monitor for model "shp"',
    );
    await expect(accept(app, { until: '2026-01-01' })).rejects.toThrow(
      '--until: expected an instant',
    );
    await expect(accept(app, { until: 'soon' })).rejects.toThrow('--until: expected an instant as');
    await expect(accept(app, { reason: ' ' })).rejects.toThrow('--reason');
    await expect(accept(app, { finding: 'shop@2026-01-05T07:00:00Z/psi/amount' })).rejects.toThrow(
      'No window of "shop" ends at 2026-01-05 07:00 UTC; the last one before it at ' +
        '2026-01-05 00:00 UTC.',
    );
    await expect(accept(app, { finding: 'shop@2026-01-05/psi/amonut' })).rejects.toThrow(
      'Those that can be accepted:\n shop@2026-01-05T00:00:00Z/psi/amount',
    );
    await expect(accept(app, { finding: 'shop@2026-01-03/psi/amount' })).rejects.toThrow(
      'shop@2026-01-03T00:00:00Z/psi/amount cannot be accepted: psi of amount is ok.',
    );
    expect(await app.lake.acceptedOf('shop')).toEqual([]);
    expect(await app.lake.auditOf('model/shop')).toEqual([]);
  });
}, 60_000);

test('what nobody would accept is not offered, and what is left in one command', () => {
  const finding = (check: string, target: string, change: Partial<Finding> = {}): Finding => ({
    ...{ check, target, slice: {}, value: 1, low: null, high: null, interval: null, pValue: null },
    ...{ nCurrent: 500, nReference: 1_000, reason: null, hard: null, details: {}, run: 'r' },
    ...{ window: { start: FROM, end: FROM + DAY, weekday: 1 }, revision: 1, inputs: 'i' },
    ...{ category: 'drift', verdict: 'warn', rule: '', patience: 2, running: null, source: null },
    limits: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
    ...{ sentence: '', ...change },
  });
  const part = { slice: { country: 'IT' } };
  const drifted = ['a', 'b', 'c', 'd'].flatMap((name) => [
    finding('psi', name, part),
    finding('psi', name),
    finding('missing', name, { category: 'data-quality' }),
  ]);
  const prediction = finding('prediction_drift', 'prediction');
  const scale = { hard: 'scale', verdict: 'alert', category: 'data-quality' } as const;
  const broken = [
    finding('scale_change', 't', scale),
    finding('psi', 't'),
    finding('missing', 't'),
  ];
  expect(acceptLines('shop', [...broken, prediction])).toEqual([]);
  const text = acceptLines('shop', [...drifted, ...broken, prediction]).join('\n');
  const end = new Date(FROM + DAY).toISOString().replace('.000', '');
  expect(text.split('\n')).toEqual([
    'If a new level is right (a fix, a launch, a season), accept it:',
    ` aftercare accept shop@${end}/psi/a \\`,
    `   shop@${end}/psi/b \\`,
    `   shop@${end}/psi/c \\`,
    '   --effect launch --until <date> --reason <why> --as <you>',
    ' … and of 1 more column: --json names each finding',
  ]);
  expect(acceptLines('shop', [prediction]).join('\n')).toContain('prediction_drift/prediction');
});

test('a level that was accepted measures the parts of the rows, too', async () => {
  await withShop(async (app) => {
    const broken = async (day: number) =>
      (await checked(app, day)).findings.filter(
        ({ check, target, verdict }) =>
          check === 'scale_change' && target === 'amount' && verdict === 'alert',
      );
    const before = await broken(4);
    expect(before.map(({ slice }) => slice)).toContainEqual({ row_source: 'b' });
    for (const finding of before) {
      const part = Object.entries(finding.slice).map(([name, value]) => `/${name}=${value}`);
      const id = `shop@2026-01-05T00:00:00Z/scale_change/amount${part.join('')}`;
      await accept(app, { finding: id, effect: 'launch' });
    }
    expect(await broken(5)).toEqual([]);
    expect((await checked(app, 5)).advice.action).not.toBe('fix_data');
    // the day before the accepted one is judged as it was
    expect(await broken(3)).toEqual([]);
  }, 'feeds');
});

test('a level that was accepted stands in for every reference from before it', async () => {
  await withShop(async (app) => {
    const verdicts = async (day: number) =>
      (await checked(app, day)).findings
        .filter(({ check }) => check.startsWith('psi'))
        .map(({ check, verdict, details }) => [check, verdict, 'accepted' in details]);
    expect(await verdicts(4)).toEqual([
      ['psi', 'warn', false],
      ['psi_usual', 'warn', false],
      ['psi_yesterday', 'warn', false],
    ]);
    await accept(app);
    // the day before the accepted one is from before it, too
    expect(await verdicts(4)).toEqual([
      ['psi', 'ok', true],
      ['psi_usual', 'ok', true],
      ['psi_yesterday', 'ok', true],
    ]);
    // then the day before is the accepted one itself; of the last three two are older
    expect(await verdicts(5)).toEqual([
      ['psi', 'ok', true],
      ['psi_usual', 'ok', true],
      ['psi_yesterday', 'ok', false],
    ]);
    // and a further change is told
    expect(await verdicts(6)).toEqual([
      ['psi', 'warn', true],
      ['psi_usual', 'warn', true],
      ['psi_yesterday', 'warn', false],
    ]);
  }, 'others');
});
