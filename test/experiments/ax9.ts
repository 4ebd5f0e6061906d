import { rate, share } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';
import { peers } from './peers.js';
import { drifted, evidences, featureMonitor, findingsOf, told, worldOf } from './simulate.js';
import type { Setting } from './simulate.js';
import { usualGeometry } from './world.js';
import type { Geometry } from './world.js';

const NOISE = { none: 'nothing moves', jitter: 'jitter', weekly: 'weekly' } as const;
const changed: Geometry = {
  ...{ numeric: 12, categorical: 8, rows: 3000, days: 7, reference: 28, live: 13 },
  ...{ shape: 'log-normal', noise: 'jitter' },
};

function settings(size: Size): Setting[] {
  const noises = ['none', 'jitter', 'weekly'] as const;
  const all = noises.flatMap((noise) =>
    [200, 1000, 10_000].map((rows) => ({
      row: `${NOISE[noise]}, n = ${rows.toLocaleString('en')}`,
      geometry: { ...usualGeometry, noise, rows },
    })),
  );
  if (size === 'quick') {
    const kept = all.filter(({ geometry }) => geometry.rows === 1000);
    return kept.map(({ row, geometry }) => {
      return { row, geometry: { ...geometry, live: 20 }, runs: 1, series: 'first' };
    });
  }
  const first = all.map((one) => ({ ...one, runs: 8, series: 'first' }));
  const second = all.map((one) => ({
    ...one,
    row: `${one.row} (again)`,
    runs: 4,
    series: 'second',
  }));
  const other = { row: '20 features, log-normal, n = 3,000, weeks', geometry: changed };
  return [...first, ...second, { ...other, runs: 16, series: 'first' }];
}

/** False alarms where nothing is wrong: at most one false episode in 90 days. */
export const ax9: Experiment = {
  id: 'AX9',
  run(size) {
    const found = settings(size).map(measure);
    return {
      id: 'AX9',
      title: 'false alarms while nothing is wrong',
      setup:
        '30 numeric and 20 categorical features (4 to 12 categories, by Zipf), 30 reference days, ' +
        '90 days watched; every check of features with its defaults, through the rules of the ' +
        'alert. Jitter: the mean of each day moves by 0.05 sd at random, logits of categories ' +
        'likewise. Weekly: jitter, and + 0.3 sd at weekends on 10 features. An episode is a run of ' +
        'windows at which a feature fires, ended by three quiet ones; an alert is what somebody ' +
        'hears of.',
      tables: [
        { title: 'Aftercare', figures: found.flatMap(({ ours }) => ours) },
        {
          title: 'Share of days with an alarm: Aftercare and the rules of other tools',
          figures: found.flatMap(({ days }) => days),
        },
        {
          title: 'Alarms of single features in 90 days',
          figures: found.flatMap(({ alarms }) => alarms),
        },
      ],
    };
  },
};

function measure({ row, geometry, runs, series }: Setting): {
  ours: Figure[];
  days: Figure[];
  alarms: Figure[];
} {
  const monitor = featureMonitor();
  let [episodes, alerts] = [0, 0];
  const names = ['Aftercare', ...peers.map(({ name }) => name)];
  const bad = new Map(names.map((name) => [name, { days: 0, alarms: 0 }]));
  const note = (name: string, firing: number) => {
    const entry = bad.get(name);
    if (entry === undefined || firing === 0) return;
    entry.days += 1;
    entry.alarms += firing;
  };
  for (let run = 0; run < runs; run++) {
    const world = worldOf(geometry, `AX9/${series}/${row}/${String(run)}`);
    const days = evidences(world);
    const said = told(
      monitor,
      days.map((evidence) => findingsOf(monitor, evidence)),
    );
    episodes += said.episodes.length;
    alerts += said.alerts;
    for (const targets of said.firing) note('Aftercare', targets.size);
    for (const peer of peers) {
      for (const flags of drifted(world, peer)) note(peer.name, flags.filter(Boolean).length);
    }
  }
  const n = runs * geometry.live;
  const spans = (n * geometry.days) / 90;
  const at = (column: string) => ({ row, column });
  return {
    ours: [
      rate(
        { ...at('false episodes in 90 days'), must: { most: 1 } },
        { count: episodes, runs: spans },
      ),
      rate(at('alerts in 90 days'), { count: alerts, runs: spans }),
    ],
    days: names.map((name) => share(at(name), { hits: bad.get(name)?.days ?? 0, n })),
    alarms: names.map((name) => rate(at(name), { count: bad.get(name)?.alarms ?? 0, runs: spans })),
  };
}
