import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCli, type CliRun, type Env } from '../support/cli.js';
import { shortest, someTeams } from '../support/config.js';
import { withFolder } from '../support/lake.js';
import { mlflowMissing, withFakeMlflow, withMlflow, type FakeMlflow } from '../support/mlflow.js';

// a Python server starts: slow on a busy machine
vi.setConfig({ testTimeout: 300_000 });

const why = await mlflowMissing();
const COMMIT = '3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d';

type Run = (args: readonly string[], env?: Env) => Promise<CliRun>;

/** `models …` of a model with a monitor file, beside a registry at this address. */
const withModel = <T>(url: string, use: (run: Run) => Promise<T>): Promise<T> =>
  withFolder(async (cwd) => {
    await mkdir(join(cwd, 'monitors'));
    await writeFile(join(cwd, 'monitors/churn.yaml'), shortest);
    await writeFile(join(cwd, 'monitors/teams.yaml'), someTeams);
    const open = { MLFLOW_TRACKING_URI: url, AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'true' };
    return use((args, env = {}) => runCli(['models', ...args], { env: { ...open, ...env }, cwd }));
  });

const register = (from: string): string[] => ['register', 'churn', '--from-mlflow', from];

test.skipIf(why !== null)(
  `a version of a real registry is kept with all that it says${why === null ? '' : ` (${why})`}`,
  () =>
    withMlflow(async ({ url, post }) => {
      const made = await post('experiments/create', { name: 'churn' });
      const experiment = made['experiment_id'] as string;
      const created = await post('runs/create', {
        experiment_id: experiment,
        tags: [{ key: 'mlflow.source.git.commit', value: COMMIT }],
      });
      const { info: told } = created['run'] as { info: { run_id: string } };
      const id = told.run_id;
      const log = (kind: string, key: string, value: unknown, step = 0) =>
        post(`runs/log-${kind}`, { run_id: id, key, value, timestamp: 1_700_000_000_000, step });
      await log('parameter', 'max_depth', '6');
      await log('metric', 'roc_auc', 0.5, 0);
      await log('metric', 'roc_auc', 0.81, 1);
      const dataset = (name: string, context: string, rows: number) => ({
        tags: [{ key: 'mlflow.data.context', value: context }],
        dataset: {
          ...{ name, digest: `d-${name}`, source_type: 'local' },
          source: JSON.stringify({ uri: `data/${name}.parquet` }),
          profile: JSON.stringify({ num_rows: rows }),
        },
      });
      const datasets = [dataset('held', 'validation', 9), dataset('train', 'training', 120_000)];
      await post('runs/log-inputs', { run_id: id, datasets });
      await post('registered-models/create', { name: 'churn rate' });
      const source = `runs:/${id}/model`;
      const version = { name: 'churn rate', source, run_id: id, description: 'new tariff' };
      await post('model-versions/create', version);
      await post('registered-models/alias', {
        name: 'churn rate',
        alias: 'champion',
        version: '1',
      });

      await withModel(url, async (run) => {
        expect(await run(register('churn rate/1'))).toEqual({
          ...{ code: 0, err: '', out: 'Registered 1 of churn.\n' },
        });
        const { out } = await run(['show', 'churn', '1', '--json']);
        expect((JSON.parse(out) as { modelVersion: unknown }).modelVersion).toMatchObject({
          ...{ version: '1', code: COMMIT, hyperparameters: { max_depth: '6' }, parents: [] },
          training: { path: 'data/train.parquet, digest d-train', sha256: null, rows: 120_000 },
          artefacts: [{ path: source, sha256: null }],
          evaluation: { data: null, metrics: { roc_auc: 0.81 }, plots: [] },
          notes: 'new tariff',
          origin: { kind: 'mlflow', ref: `${url}/#/experiments/${experiment}/runs/${id}` },
        });
        for (const from of ['churn rate@champion', 'churn rate/champion']) {
          expect((await run(register(from))).out).toContain('registered already');
        }
        await log('metric', 'roc_auc', 0.9, 2);
        const changed = await run(register('churn rate/1'));
        expect(changed.code).toBe(2);
        expect(changed.err).toContain('evaluation.metrics.roc_auc: 0.81 → 0.9');
        for (const from of ['churn rate/9', 'churn rate@nobody', 'churm/1']) {
          const { code, err } = await run(register(from));
          expect(code, from).toBe(2);
          expect(err).toContain(`has no ${from} (`);
        }
      });
    }),
);

const version = { name: 'churn', version: '7', run_id: 'r1', source: 'runs:/r1/model' };
const info = { run_id: 'r1', experiment_id: '3' };

function answer(fake: FakeMlflow, data: object = {}, inputs: object = {}): void {
  fake.answers['model-versions/get'] = { model_version: version };
  fake.answers['runs/get'] = { run: { info, data, inputs } };
}

test('who asks says so by name and password, else by token, and no secret is ever printed', () =>
  withFakeMlflow(async (fake) => {
    answer(fake);
    await withModel(fake.url, async (run) => {
      const secrets = {
        MLFLOW_TRACKING_TOKEN: 'tok-secret',
        MLFLOW_TRACKING_PASSWORD: 'pw-secret',
      };
      await run(register('churn/7'), { MLFLOW_TRACKING_TOKEN: 'tok-secret' });
      await run(register('churn/7'), { ...secrets, MLFLOW_TRACKING_USERNAME: 'ana' });
      const basic = Buffer.from('ana:pw-secret').toString('base64');
      expect(fake.calls.map(({ headers }) => headers.authorization)).toEqual([
        ...['Bearer tok-secret', 'Bearer tok-secret'],
        ...[`Basic ${basic}`, `Basic ${basic}`],
      ]);
      const body = JSON.stringify({ error_code: 'PERMISSION_DENIED', message: 'pw-secret? no' });
      for (const status of [401, 403]) {
        fake.faults['model-versions/get'] = { status, body };
        const env = { ...secrets, MLFLOW_TRACKING_USERNAME: 'ana' };
        const { code, out, err } = await run(register('churn/7'), env);
        expect(code).toBe(3);
        expect(err).toContain(`answers ${status} (PERMISSION_DENIED: …? no); expected MLFLOW_`);
        expect(out + err).not.toContain('secret');
      }
    });
  }));

test('a server that is down, says too much or is something else is told of in words', () =>
  withFakeMlflow(async (fake) => {
    answer(fake);
    await withModel(fake.url, async (run) => {
      for (const [fault, words] of [
        ['drop', 'cannot be reached (ECONNRESET)'],
        ['flood', 'answers more than 10 MB; expected one version'],
        [{ status: 200, body: '<html>Sign in</html>' }, 'is no API of MLflow: expected JSON with'],
        [{ status: 302, body: '' }, 'answers 302, and redirects are not followed'],
        [{ status: 500, body: 'oops' }, 'answers 500'],
      ] as const) {
        for (const path of ['model-versions/get', 'runs/get']) {
          fake.faults = { [path]: fault };
          const { code, err } = await run(register('churn/7'));
          expect([code, path]).toEqual([3, path]);
          expect(err).toContain(words);
          expect(err).not.toContain('    at ');
        }
      }
      fake.faults = {};
      const closed = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' };
      const down = await run(register('churn/7'), closed);
      expect(down).toMatchObject({ code: 3 });
      expect(down.err).toContain('127.0.0.1:1: cannot be reached (ECONNREFUSED)');
      const guarded = await run(register('churn/7'), { AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'false' });
      expect(guarded).toMatchObject({ code: 3 });
      expect(guarded.err).toContain('is at a private address');
      expect((await run(['show', 'churn'])).out).toContain('No version of churn is registered.');
    });
  }));

test('what a run does not say is not known, and a run that is gone takes nothing along', () =>
  withFakeMlflow(async (fake) => {
    const metrics = [
      { key: 'auc', value: 0.5 },
      { key: 'loss', value: 'NaN' },
    ];
    const dataset = { name: 'rows', digest: '', source: 'no json', profile: null };
    answer(fake, { metrics }, { dataset_inputs: [{ dataset }] });
    await withModel(fake.url, async (run) => {
      await run(register('churn/7'));
      const first = JSON.parse((await run(['show', 'churn', '7', '--json'])).out) as object;
      expect(first).toMatchObject({
        modelVersion: {
          ...{ code: null, hyperparameters: {}, preprocessing: null, notes: null },
          evaluation: { metrics: { auc: 0.5 } },
          training: { path: 'rows', rows: null },
        },
      });
      fake.answers['model-versions/get'] = { model_version: { ...version, version: '8' } };
      const body = JSON.stringify({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'gone' });
      fake.faults['runs/get'] = { status: 404, body };
      expect(await run(register('churn/8'))).toMatchObject({ code: 0 });
      const gone = JSON.parse((await run(['show', 'churn', '8', '--json'])).out) as object;
      expect(gone).toMatchObject({
        modelVersion: {
          ...{ training: null, evaluation: null, artefacts: [{ path: 'runs:/r1/model' }] },
          origin: { kind: 'mlflow', ref: `${fake.url}/#/models/churn/versions/8` },
        },
      });
      expect((await run(['show', 'churn', '8'])).out).toMatch(
        /by MLflow,\s+http:\/\/127\.0\.0\.1:/,
      );
    });
  }));

test('wrong usage is exit 2 and asks nobody', () =>
  withFakeMlflow(async (fake) => {
    await withModel(fake.url, async (run) => {
      for (const [args, env, words] of [
        [['register', 'churn'], {}, 'Expected a file, or --from-mlflow <name/version>'],
        [[...register('churn/7'), 'meta.yaml'], {}, 'Expected a file, or --from-mlflow'],
        [register('churn'), {}, 'expected churn/7, or churn@champion for an alias, got "churn"'],
        [register('a/1'), { MLFLOW_TRACKING_URI: '' }, 'MLFLOW_TRACKING_URI is not set'],
        [register('a/1'), { MLFLOW_TRACKING_URI: 'databricks' }, 'expected the address of an'],
        [
          register('a/1'),
          { MLFLOW_TRACKING_URI: 'http://ana:pw-secret@127.0.0.1' },
          'expected no password in it, but in MLFLOW_TRACKING_PASSWORD',
        ],
      ] as const) {
        const { code, err } = await run(args, env);
        expect(code, words).toBe(2);
        expect(err).toContain(words);
        expect(err).not.toContain('pw-secret');
      }
      const mart = await run(['register', 'mart', '--from-mlflow', 'churn/7']);
      expect(mart).toMatchObject({ code: 2 });
    });
    expect(fake.calls).toEqual([]);
  }));
