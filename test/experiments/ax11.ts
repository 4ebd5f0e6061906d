import { judgeAgain } from '../../checks/again.js';
import { calibrationEvidence } from '../../domain/backtesting/calibrate.js';
import { chooseFloor, FLOORS } from '../../domain/backtesting/floor.js';
import { plain, rate } from './figures.js';
import type { Experiment, Figure, Size } from './figures.js';
import { evidences, featureMonitor, findingsOf, told, worldOf } from './simulate.js';
import type { Setting } from './simulate.js';
import { coarse, gridOf, usualGeometry } from './world.js';
import type { Geometry } from './world.js';

interface Bound extends Setting {
  /** Its figures must hold. */
  binding: boolean;
}

const base: Geometry = { ...usualGeometry, noise: 'autocorrelated', reference: 60 };

function settings(size: Size): Bound[] {
  const rows = (n: number, series: string, runs: number): Bound => ({
    row: `n = ${n.toLocaleString('en')}${series === 'second' ? ' (again)' : ''}`,
    ...{ geometry: { ...base, rows: n }, runs, series, binding: true },
  });
  if (size === 'quick') {
    const one = rows(1000, 'first', 1);
    return [{ ...one, geometry: { ...one.geometry, live: 30 } }];
  }
  const other: Geometry = {
    ...{ ...base, numeric: 12, categorical: 8, rows: 3000, days: 7, reference: 56, live: 13 },
    shape: 'log-normal',
  };
  const row = '20 features, log-normal, n = 3,000, weeks';
  return [
    ...[1000, 10_000].map((n) => rows(n, 'first', 8)),
    ...[1000, 10_000].map((n) => rows(n, 'second', 4)),
    { row, geometry: other, runs: 12, series: 'first', binding: false },
  ];
}

/** Windows that depend on each other: calibration finds the floor that keeps the alert quiet. */
export const ax11: Experiment = {
  id: 'AX11',
  run(size) {
    return {
      id: 'AX11',
      title: 'calibration where days depend on each other',
      setup:
        'The mean of each feature wanders: an autoregression of 0.7 from day to day with an sd of ' +
        '0.1, logits of categories likewise. 60 reference days: the detector, with the first half ' +
        'as what is usual, runs over the second half, and the smallest floor of 0.02, 0.05, 0.1 and ' +
        '0.2 without an episode is taken. Then 90 days are watched.',
      tables: [{ title: 'False episodes in 90 days', figures: settings(size).flatMap(measure) }],
    };
  },
};

function measure({ row, geometry, runs, series, binding }: Bound): Figure[] {
  let [calibrated, usual, alerts, floors] = [0, 0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const world = worldOf(geometry, `AX11/${series}/${row}/${String(run)}`);
    const { reference } = geometry;
    const grid = gridOf(world.features);
    const periods = world.days.slice(0, reference).map(({ profile }) => coarse(grid, profile));
    const half = calibrationEvidence(grid, periods).map((evidence) =>
      findingsOf(featureMonitor(), evidence),
    );
    const { floor } = chooseFloor(
      FLOORS.map((tried) => {
        const monitor = featureMonitor({ floor: tried });
        const findings = half.map((list) => judgeAgain(monitor, list));
        return { floor: tried, episodes: told(monitor, findings).episodes.length };
      }),
    );
    const days = evidences(world);
    const findings = days.map((evidence) => findingsOf(featureMonitor(), evidence));
    const monitor = featureMonitor({ floor });
    const said = told(
      monitor,
      findings.map((list) => judgeAgain(monitor, list)),
    );
    floors += floor;
    calibrated += said.episodes.length;
    alerts += said.alerts;
    usual += told(featureMonitor(), findings).episodes.length;
  }
  const spans = (runs * geometry.live * geometry.days) / 90;
  const must = binding ? { most: 2 } : null;
  return [
    rate({ row, column: 'calibrated', must }, { count: calibrated, runs: spans }),
    rate({ row, column: 'alerts, calibrated' }, { count: alerts, runs: spans }),
    rate({ row, column: 'floor 0.05, uncalibrated' }, { count: usual, runs: spans }),
    plain({ row, column: 'mean floor chosen' }, floors / runs),
  ];
}
