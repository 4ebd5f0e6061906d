import { expect, test } from 'vitest';
import { finishBackfill } from '../../activities/backfill.js';
import type { Deps } from '../../activities/deps.js';
import { modelHead } from '../../activities/deps.js';
import { loadConfig } from '../../config/load.js';
import { allAlertRules } from '../../config/routes.js';
import type { ModelHead } from '../../domain/model.js';
import type { Verdict } from '../../domain/finding.js';
import { commitFor, DAY, evaluation, withLake } from '../support/lake.js';
import { shortest, someTeams, withConfig } from '../support/config.js';

const FIRST = Date.UTC(2026, 2, 1);
const end = (day: number): number => FIRST + day * DAY;

async function published(): Promise<unknown> {
  const files = { 'churn.yaml': shortest, 'teams.yaml': someTeams };
  return withConfig(files, async (folder) => {
    const { monitors, teams } = await loadConfig(folder);
    const [only] = monitors;
    if (only === undefined || teams === null) throw new Error('expected a monitor and teams');
    const { monitor } = only;
    return { monitor, alerts: allAlertRules(monitor, teams), retraining: null };
  });
}

const headWith = (monitor: string, part: Partial<ModelHead>): ModelHead => ({
  ...{ model: 'churn', monitor, since: end(0), appliedAt: end(40), watermark: end(40) },
  ...{ matureWatermark: null, failed: [], windows: [], advice: null, reference: null },
  ...{ lastRunAt: null, paused: null, notEvaluated: 0, rings: '', retiredAt: null, ...part },
});

const line = (day: number, revision: number, verdict: Verdict) => ({
  ...{ end: end(day), revision, verdict, rows: 5 },
  counts: { ok: 0, warn: 0, alert: 0, unknown: 0, [verdict]: 1 },
});

test('the last 30 windows of a backfill are shown, below what was judged anew meanwhile', () =>
  withLake(async (lake) => {
    const monitor = await lake.putObject('monitor', await published());
    // Day 39 was restated live while the backfill ran; day 2 is an old line.
    const windows = [line(2, 1, 'alert'), line(39, 3, 'ok')];
    await lake.updateHead<ModelHead>(modelHead('churn'), () => headWith(monitor, { windows }));
    for (let day = 1; day <= 40; day++) {
      const made = evaluation(end(day));
      const bad = day % 10 === 0 ? ('warn' as const) : ('ok' as const);
      await lake.commit(commitFor(made, `file-${day}`, { verdict: bad, marks: [] }));
    }
    const deps = { lake } as unknown as Deps;
    const span = { model: 'churn', from: end(0), to: end(40) };
    await finishBackfill(deps, span);
    const head = await lake.readHead<ModelHead>(modelHead('churn'));
    const shown = head?.windows ?? [];
    expect(shown.map((one) => one.end)).toEqual(Array.from({ length: 30 }, (_, i) => end(11 + i)));
    expect(shown.filter(({ verdict }) => verdict === 'warn').map((one) => one.end)).toEqual(
      [20, 30, 40].map(end),
    );
    expect(shown.find((one) => one.end === end(39))?.revision).toBe(3);
    // Only lists change: what is due is counted from live windows.
    expect(head).toEqual({ ...headWith(monitor, { windows }), windows: shown });
    await finishBackfill(deps, span);
    expect(await lake.readHead<ModelHead>(modelHead('churn'))).toEqual(head);
  }));
