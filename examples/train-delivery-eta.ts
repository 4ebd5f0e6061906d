/**
 * A small real training job: reads the request on stdin, fits a linear model by least squares on
 * the deliveries whose arrival is known, measures it and the deployed model on the newest rows,
 * writes the training rows as the next reference, and prints the result as its last line.
 *
 * usage: node train-delivery-eta.js <data folder>
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Arrival, Delivery } from './delivery-eta.js';
import { leastSquares } from './least-squares.js';

/** Of the request, what this job goes by. */
interface Request {
  key: string;
  trainUntil: number;
  trainOn: {
    from: number | null;
    exclude: ({ from: number; to: number } | { rows: string })[];
  } | null;
}

interface Row extends Delivery {
  minutes: number;
}

const HELD_OUT_SHARE = 0.3;

function readRows(folder: string, until: number): Row[] {
  const arrivals = new Map<string, number>();
  for (const name of readdirSync(join(folder, 'arrivals')).sort()) {
    for (const line of readFileSync(join(folder, 'arrivals', name), 'utf8')
      .trim()
      .split('\n')) {
      const arrival = JSON.parse(line) as Arrival;
      if (Date.parse(arrival.arrived_at) < until) arrivals.set(arrival.order_id, arrival.minutes);
    }
  }
  return readdirSync(join(folder, 'deliveries'))
    .sort()
    .flatMap((name) => readCsv(join(folder, 'deliveries', name)))
    .flatMap((delivery) => {
      const minutes = arrivals.get(delivery.order_id);
      return minutes === undefined ? [] : [{ ...delivery, minutes }];
    });
}

function readCsv(path: string): Delivery[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header.split(',');
  const numeric = new Set(['distance_km', 'items', 'courier_load', 'rain', 'eta_minutes']);
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(
      names.map((name, i) => [name, numeric.has(name) ? Number(cells[i]) : cells[i]]),
    ) as unknown as Delivery;
  });
}

const zonesOf = (rows: readonly Row[]): string[] =>
  [...new Set(rows.map((row) => row.zone))].sort();

/** False for rows that the advice says to leave out: older than a fix, or of a broken day. */
function isTrainedOn({ promised_at: promised }: Row, { trainOn }: Request): boolean {
  const at = Date.parse(promised);
  const isOut = trainOn?.exclude.some((one) => 'from' in one && at >= one.from && at < one.to);
  return at >= (trainOn?.from ?? -Infinity) && isOut !== true;
}

function inputs(row: Row, zones: readonly string[]): number[] {
  const dummies = zones.slice(1).map((zone) => (row.zone === zone ? 1 : 0));
  return [1, row.distance_km, row.items, row.courier_load, row.rain, ...dummies];
}

function evaluate(rows: readonly Row[], predict: (row: Row) => number): number[] {
  return rows.map((row) => (row.minutes - predict(row)) ** 2);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function main(folder: string, request: Request): void {
  // Arrivals come within the hour: those before trainUntil are there, mature or not.
  const known = readRows(folder, request.trainUntil);
  const rows = known.filter((row) => isTrainedOn(row, request)).slice(-8000);
  const cut = Math.floor(rows.length * (1 - HELD_OUT_SHARE));
  // Every other of the newest rows is trained on too: the new zone is young.
  const train = rows.filter((_, i) => i < cut || i % 2 === 0);
  const heldOut = rows.filter((_, i) => i >= cut && i % 2 === 1);
  const zones = zonesOf(train);
  const weights = leastSquares(
    train.map((row) => inputs(row, zones)),
    train.map((row) => row.minutes),
  );
  const predict = (row: Row): number =>
    inputs(row, zones).reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0);
  const challenger = evaluate(heldOut, predict);
  const champion = evaluate(heldOut, (row) => row.eta_minutes);
  const gains = champion.map((error, i) => error - (challenger[i] ?? 0));
  const reference = join(folder, 'references', `${request.key}.csv`);
  mkdirSync(join(folder, 'references'), { recursive: true });
  const columns = Object.keys(train[0] ?? {}) as (keyof Row)[];
  const version = `v-${new Date(request.trainUntil).toISOString().slice(0, 10)}`;
  const lines = heldOut.map((row) => {
    const scored: Row = { ...row, eta_minutes: predict(row), model_version: version };
    return columns.map((name) => String(scored[name])).join(',');
  });
  writeFileSync(reference, `${columns.join(',')}\n${lines.join('\n')}\n`);
  const result = {
    version,
    trainedUntil: request.trainUntil,
    reference,
    rows: heldOut.length,
    metrics: { rmse: Math.sqrt(mean(challenger)) },
    championMetrics: { rmse: Math.sqrt(mean(champion)) },
    data: `${heldOut.length} newest deliveries, held out`,
    difference: {
      metric: 'rmse',
      n: gains.length,
      sum: gains.reduce((sum, gain) => sum + gain, 0),
      squares: gains.reduce((sum, gain) => sum + gain * gain, 0),
    },
  };
  console.log(JSON.stringify(result));
}

main(process.argv[2] ?? 'data/delivery-eta', JSON.parse(await text(process.stdin)) as Request);
