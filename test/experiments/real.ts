import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { openApp } from '../../app/app.js';
import { backtestModel } from '../../app/backtest.js';
import type { Backtested } from '../../app/backtest.js';
import { loadModel } from '../../app/load.js';
import { readSettings } from '../../config/settings.js';
import { sharedJson, sharedMissing } from '../support/shared-data.js';

/** Of each column the distances of the pieces, of the reference's and of those after it. */
type Distances = Record<string, { n_alerts: number }>;

/**
 * The section of docs/measured.md about real people: pieces of 5,000 rows of the employment set
 * that the published rule calls drifted, and those that ours do. null: the set is not there.
 */
export async function realData(): Promise<string | null> {
  if (sharedMissing !== null) return null;
  const golden = 'golden/arrays/nannyml-ma-employment-per-chunk.json';
  const { js } = sharedJson<{ js: Distances }>(golden, { js: {} });
  const found = await replayed();
  const pieces = found.findings.length;
  const columns = Object.entries(js).sort((a, b) => b[1].n_alerts - a[1].n_alerts);
  const drifted = columns.map(([column, { n_alerts: theirs }]) => {
    return row([column, theirs, placesOf(found, 'psi', column)]);
  });
  return [
    '## Employment in Massachusetts: real rows',
    '',
    `208,892 people in the order of the file, in ${pieces} pieces of 5,000 rows, numbered from 0,`,
    'against those of the year before (`test/real/employment.yaml`). Mean + 3 sd: the rule of a',
    "published tutorial, on Jensen-Shannon distances of the reference's own pieces. Ours: `psi` at",
    'warn or alert by the defaults, and in which pieces. Year by year the population is the same;',
    'within a year the rows are not in random order: people in group quarters stand at its end.',
    '',
    row(['column', 'mean + 3 sd', 'ours']),
    row(['-', '-', '-']),
    ...drifted,
    '',
    '**What is said of the pieces that lose accuracy**',
    '',
    row(['check', 'pieces']),
    row(['-', '-']),
    row(['composition: records in another order', placesOf(found, 'composition', 'record_order')]),
    row(['roc_auc', placesOf(found, 'roc_auc', 'roc_auc')]),
    row(['concept_gap', placesOf(found, 'concept_gap', 'concept_gap')]),
    '',
    '**AUC estimated without labels (`estimated_performance`), and as it turned out (`roc_auc`)**',
    '',
    row(['piece', 'estimated', 'realised', 'apart']),
    row(['-', '-', '-', '-']),
    ...apart(found),
    '',
  ].join('\n');
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

async function replayed(): Promise<Backtested> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-real-'));
  try {
    const places = { configDir: 'test/real', lake: path.join(folder, 'lake'), state: folder };
    const app = openApp({ ...readSettings(), ...places }, pino({ level: 'silent' }));
    return await backtestModel(app, {
      model: await loadModel(app, 'employment'),
      ...{ last: '42d', thresholds: [], calibration: 'none' as const },
      progress: () => undefined,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `3: 14, 15, 16`: how many windows are bad, and which. */
function placesOf({ findings }: Backtested, check: string, target: string): string {
  const places = findings.flatMap((list, place) => {
    const own = list.filter((one) => one.check === check && one.target === target);
    return own.some(({ verdict }) => verdict === 'warn' || verdict === 'alert') ? [place] : [];
  });
  return places.length === 0 ? '0' : `${places.length}: ${places.join(', ')}`;
}

function apart({ findings }: Backtested): string[] {
  const valueOf = (place: number, check: string): number =>
    findings[place]?.find((one) => one.check === check && one.value !== null)?.value ?? NaN;
  return findings.map((_, place) => {
    const [told, real] = [valueOf(place, 'estimated_performance'), valueOf(place, 'roc_auc')];
    return row([place, told.toFixed(4), real.toFixed(4), (told - real).toFixed(4)]);
  });
}
