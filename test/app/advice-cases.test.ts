import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { acceptFinding } from '../../app/accept.js';
import { openApp } from '../../app/app.js';
import type { App } from '../../app/app.js';
import { checkModel } from '../../app/check.js';
import type { Checked } from '../../app/check.js';
import { loadModel } from '../../app/load.js';
import { readSettings } from '../../config/settings.js';
import { someTeams } from '../support/config.js';
import { withFolder, writeRows } from '../support/rows.js';

/*
 * Stories of one model, from its rows to what is advised. The score is right by its own measure: the
 * outcome comes true as often as it says.
 */

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 0, 1);
const DAYS = 3;
const PER_DAY = 2000;

/** What is different on the last day, as SQL over `i`; `isNew` is true there. */
interface Story {
  amount?: string;
  extra?: string;
  country?: string;
  income?: string;
  outcome?: string;
  /** The training rows' `income`. */
  incomeBefore?: string;
  /** Rows of the last day. */
  rows?: number;
  /** How long labels take; `none`: there are no labels. */
  labels?: string;
  events?: object[];
}

const dice = (name: string) => `(hash('${name}' || i) % 10000 / 10000.0)`;

function columns(story: Story, isNew: string): string {
  const changed = (own: string | undefined, usual: string) =>
    own === undefined ? usual : `case when ${isNew} then ${own} else ${usual} end`;
  const score = dice('score');
  return `${score}::double as score,
    (${changed(story.amount, `100 + 20 * ${dice('amount')}`)})::double as amount,
    (${changed(story.extra, `10 * ${dice('extra')}`)})::double as extra,
    (${changed(story.country, `case when ${dice('country')} < 0.6 then 'DE' else 'FR' end`)}) as country,
    (${changed(story.income, `1000 + 500 * ${dice('income')}`)})::double as income,
    (${changed(story.outcome, `${dice('outcome')} < ${score}`)})::integer as outcome`;
}

function monitorOf(folder: string, { labels = '0s', events }: Story): object {
  return {
    version: 1,
    model: { id: 'shop', task: 'binary', owners: 'team:growth-ml' },
    windows: { size: '1d', timezone: 'UTC' },
    predictions: { from: { path: join(folder, 'rows.parquet') } },
    columns: {
      id: ['id'],
      timestamp: 'ts',
      prediction: { score: 'score', kind: 'probability', threshold: 0.5 },
      features: {
        include: ['amount', 'extra', 'country', 'income'],
        overrides: {
          amount: { importance: 0.39 },
          extra: { importance: 0.01 },
          country: { importance: 0.3 },
          income: { importance: 0.3 },
        },
      },
    },
    ...(labels === 'none'
      ? {}
      : {
          labels: [
            {
              ...{ name: 'bought', role: 'target', value: 'outcome', positive: ['1'] },
              mature_after: labels,
            },
          ],
        }),
    reference: {
      drift: { kind: 'training', path: join(folder, 'training.parquet') },
      ...(labels === 'none' ? {} : { performance: { kind: 'held_out' } }),
    },
    ...(labels === 'none'
      ? {}
      : { retraining: { metric: 'roc_auc', trigger: { kind: 'command', command: ['true'] } } }),
    ...(events === undefined ? {} : { events }),
  };
}

async function tell<T>(story: Story, run: (app: App, folder: string) => Promise<T>): Promise<T> {
  return withFolder(async (db, folder) => {
    const monitors = join(folder, 'monitors');
    await mkdir(monitors);
    const { rows: last = PER_DAY } = story;
    const begin = (DAYS - 1) * PER_DAY;
    const isNew = `i >= ${begin}`;
    const time = `case when ${isNew} then ${(DAYS - 1) * DAY} + (i - ${begin}) * ${DAY / last}
      else i * ${DAY / PER_DAY} end`;
    await writeRows(
      db,
      join(folder, 'rows.parquet'),
      `select i as id, timestamp '2026-01-01' + to_milliseconds((${time})::bigint) as ts,
        ${columns(story, isNew)} from range(${begin + last}) rows(i)`,
    );
    const { incomeBefore } = story;
    const before = incomeBefore === undefined ? {} : { income: incomeBefore };
    await writeRows(
      db,
      join(folder, 'training.parquet'),
      `select i as id, timestamp '2025-01-01' as ts, ${columns(before, 'true')}
        from range(100000, 120000) rows(i)`,
    );
    await writeFile(join(monitors, 'shop.yaml'), stringify(monitorOf(folder, story)));
    await writeFile(join(monitors, 'teams.yaml'), someTeams);
    const settings = {
      ...readSettings(),
      ...{ configDir: monitors, now: FROM + DAYS * DAY, lake: join(folder, 'lake') },
      state: join(folder, 'state'),
    };
    return run(openApp(settings, pino({ level: 'silent' })), folder);
  });
}

const look = async (app: App, day = DAYS): Promise<Checked> =>
  checkModel(app, {
    model: await loadModel(app, 'shop'),
    ...{ asOf: FROM + day * DAY, span: null, exact: 'grid' },
  });

const found = ({ findings }: Checked, check: string, target: string) =>
  findings.find((one) => one.check === check && one.target === target);

describe('advice, from rows', () => {
  test('PSI 0.4 on a feature of 1 % importance while the metric is flat: none', async () => {
    await tell({ extra: `2.5 + 10 * ${dice('extra')} * 0.75` }, async (app) => {
      const checked = await look(app);
      expect(found(checked, 'psi', 'extra')?.value).toBeGreaterThan(0.4);
      expect(found(checked, 'psi', 'extra')?.verdict).toBe('warn');
      expect(found(checked, 'roc_auc', 'roc_auc')?.verdict).toBe('ok');
      expect(checked.advice).toMatchObject({ action: 'none' });
      expect(checked.advice.reasons[0]?.text).toContain(
        'AUC of the window to 2026-01-04 is within its limits',
      );
    });
  });

  test('a declared sale with immature labels: none; the same undeclared: consider', async () => {
    const sale: Story = {
      ...{ amount: `110 + 20 * ${dice('amount')}`, rows: 3 * PER_DAY, labels: '30d' },
    };
    const name = 'winter sale';
    const event = { from: '2026-01-03', to: '2026-01-04', name, effect: 'expected' };
    await tell({ ...sale, events: [event] }, async (app) => {
      const checked = await look(app);
      expect(found(checked, 'psi', 'amount')?.value).toBeGreaterThan(0.5);
      expect(found(checked, 'psi', 'amount')).toMatchObject({
        ...{ verdict: 'ok', rule: `expected: ${name}` },
      });
      expect(found(checked, 'roc_auc', 'roc_auc')?.reason).toBe('immature');
      expect(checked.advice).toMatchObject({ action: 'none' });
    });
    await tell(sale, async (app) => {
      expect((await look(app)).advice).toMatchObject({ action: 'consider' });
    });
  });

  test('an undeclared launch, 25 % of a country that nobody knew at 30 % importance: consider', async () => {
    const country = `case when ${dice('new')} < 0.25 then 'PL' when ${dice('country')} < 0.6 then 'DE'
      else 'FR' end`;
    await tell({ country, labels: '30d' }, async (app) => {
      const checked = await look(app);
      const unseen = found(checked, 'unseen_categories', 'country');
      expect(unseen?.value).toBeCloseTo(0.25, 1);
      expect(unseen?.verdict).toBe('warn');
      expect(checked.advice).toMatchObject({ action: 'consider' });
      expect(checked.advice.reasons[0]?.text).toContain('30 % of the importance: country');
      expect((await look(app, DAYS - 1)).advice.action).toBe('none');
    });
  });

  test('an upstream fix, accepted: none, where it was consider before', async () => {
    const income = `1000 + 500 * ${dice('income')}`;
    const nulls = (share: number) =>
      `case when ${dice('null')} < ${String(share)} then null else ${income} end`;
    const story: Story = { incomeBefore: nulls(0.6), income: nulls(0.01), labels: '30d' };
    await tell(story, async (app) => {
      const before = await look(app);
      expect(found(before, 'psi', 'income')?.value).toBeGreaterThan(0.4);
      expect(before.advice.action).toBe('consider');
      const finding = 'shop@2026-01-04T00:00:00Z/psi/income';
      const words = { reason: 'the null bug is mended', by: 'ana', until: '2026-06-01' };
      await acceptFinding(app, { finding, effect: 'fix', ...words });
      const after = await look(app);
      expect(found(after, 'psi', 'income')?.verdict).toBe('ok');
      expect(after.advice.action).toBe('none');
    });
  });

  test('never any labels: quiet is none, "drift only"; without rows to read it is unknown', async () => {
    await tell({ labels: 'none' }, async (app, folder) => {
      const quiet = await look(app);
      expect(quiet.advice.action).toBe('none');
      expect(quiet.advice.reasons[0]?.text).toContain('drift only');
      await writeFile(join(folder, 'rows.parquet'), 'PAR1 and no more');
      const { advice } = await look(app);
      expect(advice).toMatchObject({ action: 'unknown' });
      expect(advice.reasons[0]?.text).toBe('Neither performance nor drift could be judged.');
    });
  });

  test('labels that are all negative: fix the data, and performance is unknown', async () => {
    await tell({ outcome: 'false' }, async (app) => {
      const checked = await look(app);
      for (const name of ['roc_auc', 'accuracy']) {
        const finding = found(checked, name, name);
        expect(finding).toMatchObject({ verdict: 'unknown', reason: 'label_fault' });
        expect(finding?.sentence).toMatch(
          /: the labels are at fault, for all 2000 of them are 0, of the reference's (49|50|51)(\.\d)? % are\.$/,
        );
      }
      expect(checked.advice.action).toBe('fix_data');
      expect(checked.advice.reasons[0]?.text).toMatch(/% are\. Do not retrain on it\.$/);
    });
  });
});
