import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, unwrapped, type CliRun } from '../support/cli.js';
import { shortest, someTeams } from '../support/config.js';
import { withFolder } from '../support/lake.js';

const text = `version: churn-7
code: 3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d
hyperparameters: { max_depth: 6 }
preprocessing: { impute: median }
training: { path: train.csv, rows: 1, from: 2026-01-01, to: 2026-09-01, unweighted_acted: 0 }
artefacts: [model.bin, "s3://bucket/model.onnx"]
evaluation: { data: September, metrics: { roc_auc: 0.81 }, plots: [roc.png] }
parents: [churn-6]
`;

interface Place {
  write: (name: string, content: string) => Promise<void>;
  run: (...args: string[]) => Promise<CliRun>;
  remove: (name: string) => Promise<void>;
}

async function withModel<T>(use: (place: Place) => Promise<T>): Promise<T> {
  return withFolder(async (cwd) => {
    const write = (name: string, content: string) => writeFile(join(cwd, name), content);
    await mkdir(join(cwd, 'monitors'));
    await write('monitors/churn.yaml', shortest);
    await write('monitors/teams.yaml', someTeams);
    await write('train.csv', 'a,b\n1,2\n');
    await write('model.bin', 'weights');
    const run = (...args: string[]) => runCli(['models', ...args], { env: {}, cwd });
    return use({ write, run, remove: (name) => rm(join(cwd, name)) });
  });
}

const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');

test('a version is kept with the hashes of its files and of its preprocessing', async () => {
  await withModel(async ({ write, run }) => {
    await write('meta.yaml', text);
    expect(await run('register', 'churn', 'meta.yaml')).toMatchObject({ code: 0, err: '' });
    const { out } = await run('show', 'churn', 'churn-7', '--json');
    const told = JSON.parse(out) as { modelVersion: Record<string, unknown> };
    expect(told.modelVersion).toMatchObject({
      code: '3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d',
      // RFC 8785 of the configuration.
      preprocessing: { config: { impute: 'median' }, sha256: sha256('{"impute":"median"}') },
      training: {
        ...{ path: 'train.csv', sha256: sha256('a,b\n1,2\n'), rows: 1 },
        ...{ from: '2026-01-01T00:00:00Z', to: '2026-09-01T00:00:00Z', unweightedActed: 0 },
      },
      artefacts: [
        { path: 'model.bin', sha256: sha256('weights') },
        { path: 's3://bucket/model.onnx', sha256: null },
      ],
      evaluation: { data: 'September', metrics: { roc_auc: 0.81 } },
      parents: ['churn-6'],
    });
  });
});

test('the same again changes nothing, without its files too; another content is refused', async () => {
  await withModel(async ({ write, run, remove }) => {
    await write('meta.yaml', text);
    await run('register', 'churn', 'meta.yaml');
    const first = (await run('show', 'churn', '--json')).out;
    await remove('train.csv');
    await remove('model.bin');
    const again = await run('register', 'churn', 'meta.yaml');
    expect(again.code).toBe(0);
    expect(again.out).toContain('registered already');
    await write('meta.yaml', text.replace('max_depth: 6', 'max_depth: 8'));
    const other = await run('register', 'churn', 'meta.yaml');
    expect(other.code).toBe(2);
    expect(other.err).toContain('hyperparameters.max_depth: 6 → 8');
    await write('meta.yaml', text);
    await write('train.csv', 'a,b\n1,3\n');
    const bytes = await run('register', 'churn', 'meta.yaml');
    expect(bytes.code).toBe(2);
    expect(bytes.err).toContain('training.sha256');
    expect((await run('show', 'churn', '--json')).out).toBe(first);
  });
});

test('every fault of a file is told at its line, and nothing is registered', async () => {
  await withModel(async ({ write, run }) => {
    const faulty = `version: 1.10
hyperparamters: { a: 1 }
training: { path: train.csv, rows: -3 }
metrics: { a: 1 }
`;
    await write('meta.yaml', faulty);
    const { code, err: told } = await run('register', 'churn', 'meta.yaml');
    const err = unwrapped(told);
    expect(code).toBe(2);
    expect(err).toContain('meta.yaml:1:10 version: expected quotes around it, as "1.10", got 1.1');
    expect(err).toContain('meta.yaml:2:1 hyperparamters: unknown key "hyperparamters". Did you');
    expect(err).toContain('meta.yaml:3:36 training.rows: expected a whole number, at least 0');
    expect(err).toContain('meta.yaml:4:1 metrics: unknown key "metrics". Known: version, code');
    const wrong = `training: { path: train.csv, sha256: ${'a'.repeat(64)} }`;
    await write('meta.yaml', `version: churn-7\n${wrong}\n`);
    const hash = await run('register', 'churn', 'meta.yaml');
    expect(hash.code).toBe(2);
    expect(unwrapped(hash.err)).toContain(
      'meta.yaml:2:38 training.sha256: expected the hash of train.csv',
    );
    await write('meta.yaml', 'version: a\nhyperparameters: { url: "https://u:p@example.com" }\n');
    expect((await run('register', 'churn', 'meta.yaml')).err).toContain('secrets are named');
    expect((await run('show', 'churn')).out).toContain('No version of churn is registered.');
  });
});

test('two versions are told apart, and unknown names with what may be meant', async () => {
  await withModel(async ({ write, run }) => {
    await write('meta.yaml', text);
    await run('register', 'churn', 'meta.yaml');
    await write('meta.yaml', text.replace('churn-7', '"8"').replace('0.81', '0.83'));
    await run('register', 'churn', 'meta.yaml');
    const { out } = await run('diff', 'churn', 'churn-7', '8', '--json');
    expect(JSON.parse(out)).toMatchObject({
      differences: [{ what: 'evaluation.metrics.roc_auc', before: '0.81', after: '0.83' }],
      exitCode: 0,
    });
    expect((await run('diff', 'churn', '8', '8')).code).toBe(2);
    const slip = await run('show', 'churn', 'churn-77');
    expect(slip.code).toBe(2);
    expect(slip.err).toContain('Did you mean "churn-7"?');
    expect((await run('show', 'chrun')).code).toBe(2);
  });
});
