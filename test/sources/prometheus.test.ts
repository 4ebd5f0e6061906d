import { expect, test } from 'vitest';
import type { MetricsSource } from '../../domain/series.js';
import { SourceError } from '../../domain/source.js';
import { askPrometheus, stepOf } from '../../sources/prometheus.js';
import {
  prometheusMissing,
  withPrometheus,
  withRealPrometheus,
  type FakePrometheus,
} from '../support/prometheus.js';
import { withFolder } from '../support/rows.js';
import { testWorld, type TestWorld } from '../support/world.js';

const MINUTE = 60_000;
const start = Date.UTC(2026, 2, 1);
const hour = { start, end: start + 60 * MINUTE };
const TOKEN = 'a-very-secret-token';

const spec = (url: string, more: Partial<MetricsSource> = {}): MetricsSource => ({
  ...{ kind: 'prometheus', url, token: null, step: null, series: {} },
  ...more,
});

const ask = (
  server: MetricsSource,
  query: string,
  { world, timeout = 10_000, span = hour }: { world: TestWorld; timeout?: number; span?: object },
) =>
  askPrometheus(server, { query, timeout, span: span as typeof hour }, { owner: 'team:ml', world });

const withFake = (use: (fake: FakePrometheus, world: TestWorld) => Promise<void>) => () =>
  withFolder((_, folder) =>
    withPrometheus((fake) => {
      const world = testWorld(folder);
      world.secrets['env:TOKEN'] = TOKEN;
      world.secrets['env:PROM'] = `${fake.url}/`;
      return use(fake, world);
    }),
  );

async function errorOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SourceError);
  expect(String(error)).not.toContain(TOKEN);
  return (error as SourceError).message;
}

test(
  'a window is asked for once, from its start to just before its end',
  withFake(async (fake, world) => {
    fake.series['q'] = [(at) => String((at - start) / MINUTE)];
    const { points, room } = await ask(spec('env:PROM', { token: 'env:TOKEN' }), 'q', { world });
    expect(points).toEqual(Array.from({ length: 60 }, (_, minute) => minute));
    expect(room).toBe(60);
    const [call, ...more] = fake.calls;
    expect(more).toEqual([]);
    expect(call?.path).toBe('/api/v1/query_range');
    const [from, to] = [start / 1000, start / 1000 + 3600 - 0.001];
    expect(call?.asked).toEqual({ query: 'q', start: `${from}`, end: `${to}`, step: '60' });
    expect(call?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  }),
);

test(
  'the address may have a path before the API',
  withFake(async (fake, world) => {
    await errorOf(ask(spec(`${fake.url}/tenant`), 'q', { world }));
    expect(fake.calls[0]?.path).toBe('/tenant/api/v1/query_range');
  }),
);

test('the step leaves room for at most 11,000 points, in whole minutes', () => {
  const day = 1440 * MINUTE;
  expect(stepOf({ step: null }, day)).toBe(MINUTE);
  // 31 days are 44,640 minutes, 4.06 times 11,000
  expect(stepOf({ step: null }, 31 * day)).toBe(5 * MINUTE);
  expect(stepOf({ step: 15_000 }, day)).toBe(15_000);
});

test(
  'a step that is too short for the window is refused before anybody is asked',
  withFake(async (fake, world) => {
    const span = { start, end: start + 31 * 1440 * MINUTE };
    const said = await errorOf(ask(spec(fake.url, { step: 15_000 }), 'q', { world, span }));
    // 31 d / 11,000 = 243.5 s
    expect(said).toContain('step: 15s gives 178560 points in the window');
    expect(said).toContain('expected 4m 4s or more');
    expect(fake.calls).toEqual([]);
  }),
);

test(
  'NaN and infinities are values, no series is none, and warnings are told on a line',
  withFake(async (fake, world) => {
    const values = ['NaN', '+Inf', '-Inf', '1e-3', null];
    fake.series['q'] = [(at) => values[(at - start) / MINUTE] ?? null];
    const { points, room } = await ask(spec(fake.url), 'q', { world });
    expect(points).toEqual([NaN, Infinity, -Infinity, 0.001]);
    expect(room).toBe(60);
    fake.warnings.push('remote\n read\u0007 failed');
    const none = { points: [], room: 60, warning: 'remote read failed' };
    expect(await ask(spec(fake.url), 'nothing', { world })).toEqual(none);
  }),
);

test(
  'each fault of the server is an error with its reason',
  withFake(async (fake, world) => {
    const json = (status: number, body: unknown) => ({ status, body: JSON.stringify(body) });
    const error = (type: string, words: string) => ({
      ...{ status: 'error', errorType: type, error: words },
    });
    fake.series['two'] = [() => '1', () => '2'];
    fake.faults = {
      many: json(422, error('execution', 'many-to-many matching not allowed')),
      late: json(503, error('timeout', 'query timed out in expression evaluation')),
      echo: json(403, error('forbidden', `not with ${TOKEN}`)),
      login: { status: 302, body: '', headers: { location: 'https://login.example' } },
      html: { status: 200, body: '<html>hello</html>' },
      vector: json(200, { status: 'success', data: { resultType: 'vector', result: [] } }),
      histograms: json(200, {
        ...{ status: 'success' },
        data: { resultType: 'matrix', result: [{ metric: {}, histograms: [] }] },
      }),
      text: json(200, {
        ...{ status: 'success' },
        data: { resultType: 'matrix', result: [{ metric: {}, values: [[1, 'many']] }] },
      }),
      odd: json(200, error('internal', 'odd')),
      drop: 'drop',
      flood: 'flood',
    };
    const place = fake.url.replace('http://', '');
    const said = async (query: string) =>
      (await errorOf(ask(spec(fake.url, { token: 'env:TOKEN' }), query, { world }))).replace(
        `${place}: `,
        '',
      );
    expect(await said('max(x')).toBe(
      'answers 400 (bad_data: 1:20: parse error: unclosed left parenthesis)',
    );
    expect(await said('many')).toBe('answers 422 (execution: many-to-many matching not allowed)');
    expect(await said('late')).toBe(
      'answers 503 (timeout: query timed out in expression evaluation)',
    );
    expect(await said('echo')).toBe('answers 403 (forbidden: not with …)');
    expect(await said('login')).toBe('answers 302, and redirects are not followed');
    expect(await said('two')).toBe(
      'the query gives 2 series; expected one: aggregate in it, as in sum(…) or max(…)',
    );
    const noApi = 'is no API of Prometheus: expected JSON with data of resultType matrix';
    expect(await said('html')).toBe(noApi);
    expect(await said('vector')).toBe(noApi);
    expect(await said('histograms')).toBe('the query gives histograms; expected numbers');
    expect(await said('text')).toContain('expected values as [1764547200, "0.25"]');
    expect(await said('odd')).toBe('answers internal: odd');
    expect(await said('drop')).toBe('cannot be reached (ECONNRESET)');
    expect(await said('flood')).toBe('answers more than 10 MB; expected one series');
    fake.token = 'another';
    expect(await said('two')).toBe('answers 401');
    // the redirect was not followed, and each query asked once
    expect(fake.calls).toHaveLength(14);
  }),
);

test(
  'too slow, down, and an address that may not be called are errors, too',
  withFake(async (fake, world) => {
    fake.faults['hang'] = 'hang';
    const slow = ask(spec('env:PROM'), 'hang', { world, timeout: 200 });
    expect(await errorOf(slow)).toBe('env:PROM: took longer than 200ms');
    const down = ask(spec('http://127.0.0.1:9'), 'q', { world });
    expect(await errorOf(down)).toBe('127.0.0.1:9: cannot be reached (ECONNREFUSED)');
    world.secrets['env:ODD'] = 'prometheus:9090';
    const odd = ask(spec('env:ODD'), 'q', { world });
    expect(await errorOf(odd)).toBe('env:ODD: is no address; expected http://prometheus:9090');
    world.allowPrivate = false;
    const closed = ask(spec(fake.url), 'q', { world });
    expect(await errorOf(closed)).toContain('127.0.0.1');
    expect(fake.calls).toHaveLength(1);
  }),
);

const why = prometheusMissing();

test.skipIf(why !== null)(`a real server answers the same${why === null ? '' : ` (${why})`}`, () =>
  withFolder(async (_, folder) => {
    const world = testWorld(folder);
    // pod a: 0, 1, … 59 in the minutes of the hour and 60 in the first of the next; pod b: NaN
    const lines = (pod: string, value: (minute: number) => number) =>
      Array.from({ length: 61 }, (__, minute) => {
        return `load{pod="${pod}"} ${value(minute)} ${start / 1000 + 60 * minute}\n`;
      }).join('');
    const text = `# TYPE load gauge\n${lines('a', (n) => n)}${lines('b', () => NaN)}# EOF\n`;
    await withRealPrometheus(text, async (url) => {
      const { points, room } = await ask(spec(url), 'max(load{pod="a"})', { world });
      expect(points).toEqual(Array.from({ length: 60 }, (__, minute) => minute));
      expect(room).toBe(60);
      const nan = await ask(spec(url), 'max(load{pod="b"})', { world });
      expect(new Set(nan.points)).toEqual(new Set([NaN]));
      const infinite = await ask(spec(url), '1 + max(load{pod="a"}) / 0 > 0', { world });
      expect(infinite.points.at(-1)).toBe(Infinity);
      expect((await ask(spec(url), 'absent_series', { world })).points).toEqual([]);
      const two = await errorOf(ask(spec(url), 'load', { world }));
      expect(two).toContain('the query gives 2 series');
      const wrong = await errorOf(ask(spec(url), 'max(load', { world }));
      expect(wrong).toContain('answers 400 (bad_data: 1:9: parse error: unclosed left parenthesis');
    });
  }),
);
