import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSocket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A value at an instant (epoch ms) as Prometheus writes it, `0.25`, `NaN`, `+Inf`; null: none. */
export type ValueAt = (at: number) => string | null;

/** What the fake does instead of answering. */
export type PrometheusFault =
  | 'hang'
  | 'drop'
  | 'flood'
  | { status: number; body: string; headers?: Readonly<Record<string, string>> };

export interface FakePrometheus {
  url: string;
  /** Query → its series; one that is not here has none. */
  series: Record<string, readonly ValueAt[]>;
  /** Query → what happens to it. */
  faults: Record<string, PrometheusFault>;
  warnings: string[];
  /** null: anybody may ask. */
  token: string | null;
  calls: { path: string; asked: Record<string, string>; headers: IncomingHttpHeaders }[];
}

/**
 * The range queries of Prometheus on loopback: the points of start, start + step, … up to the end,
 * both ends included, 11,000 at most, with the words and statuses that version 2.42 has for faults.
 */
export async function withPrometheus<T>(use: (fake: FakePrometheus) => Promise<T>): Promise<T> {
  const fake: FakePrometheus = {
    ...{ url: '', series: {}, faults: {}, warnings: [], token: null, calls: [] },
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    const asked = Object.fromEntries(url.searchParams);
    fake.calls.push({ path: url.pathname, asked, headers: request.headers });
    const fault = fake.faults[asked['query'] ?? ''];
    if (fault === 'hang') return;
    if (fault === 'drop') return void request.socket.destroy();
    if (fault === 'flood') return void response.end(Buffer.alloc(11 * 1024 ** 2, ' '));
    if (fault !== undefined) {
      return void response.writeHead(fault.status, fault.headers).end(fault.body);
    }
    if (fake.token !== null && request.headers.authorization !== `Bearer ${fake.token}`) {
      return void response.writeHead(401).end('Unauthorized');
    }
    if (request.method !== 'GET' || url.pathname !== '/api/v1/query_range') {
      return void response.writeHead(404).end('404 page not found\n');
    }
    answer(fake, asked, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await use(fake);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function answer(
  fake: FakePrometheus,
  asked: Readonly<Record<string, string>>,
  response: ServerResponse,
): void {
  const query = asked['query'] ?? '';
  const at = ({ start, end, step }: Record<string, string>) => [start, end, step].map(Number);
  const [start = NaN, end = NaN, step = NaN] = at(asked);
  const why = refusalOf(query, { start, end, step });
  if (why !== null) {
    const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error: why });
    response.writeHead(400, { 'content-type': 'application/json' }).end(body);
    return;
  }
  const result = (fake.series[query] ?? []).flatMap((valueAt, place) => {
    const values: [number, string][] = [];
    for (let time = start; time <= end; time += step) {
      const value = valueAt(time * 1000);
      if (value !== null) values.push([time, value]);
    }
    return values.length === 0 ? [] : [{ metric: { pod: String(place) }, values }];
  });
  const warned = fake.warnings.length === 0 ? {} : { warnings: fake.warnings };
  const data = { resultType: 'matrix', result };
  response.end(JSON.stringify({ status: 'success', data, ...warned }));
}

function refusalOf(
  query: string,
  { start, end, step }: { start: number; end: number; step: number },
): string | null {
  if (!(end >= start && step > 0)) return 'invalid parameter "end": cannot parse ""';
  if ((end - start) / step > 11_000) {
    const most = 'exceeded maximum resolution of 11,000 points per timeseries.';
    return `${most} Try decreasing the query resolution (?step=XX)`;
  }
  const isOpen = query.split('(').length !== query.split(')').length;
  return isOpen ? '1:20: parse error: unclosed left parenthesis' : null;
}

/** Why no real Prometheus can be had; null: it can. */
export function prometheusMissing(): string | null {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' });
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'there is no prometheus and promtool';
  }
}

/** A real one over the samples of an OpenMetrics text, on a free port; gives its address. */
export async function withRealPrometheus<T>(
  openMetrics: string,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-prometheus-'));
  const [samples, config, data] = ['samples', 'config.yml', 'data'].map((one) => join(folder, one));
  if (samples === undefined || config === undefined || data === undefined) throw new Error();
  await writeFile(samples, openMetrics);
  await writeFile(config, 'global: {}\n');
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', samples, data], {
    stdio: 'ignore',
  });
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    'prometheus',
    [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${data}`],
      ...['--storage.tsdb.retention.time=100y', `--web.listen-address=${address}`],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  try {
    await ready(`http://${address}/-/ready`);
    return await use(`http://${address}`);
  } finally {
    server.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error(`${url} is not ready.`);
}
