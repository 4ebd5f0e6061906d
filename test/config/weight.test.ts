import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const LABELS =
  'labels: [{ value: y, from: { path: "y/*.csv" }, join: { on: { id: id } }, mature_after: 1d }]\n';
const columns = (more: string, rest = '') =>
  shortest.replace('timestamp: scored_at', `id: [id], timestamp: scored_at, ${more}`) + rest;

const score = 'prediction: { score: p }';
const CHECKS = 'checks: [recall, { check: recall, name: by_value, weighted: true }]\n';

describe('columns.weight', () => {
  test('says what a row weighs, and may be a feature, too', async () => {
    const text = columns(`weight: eur, features: { include: [eur] }, ${score}`, LABELS + CHECKS);
    const { told, lines, checks } = await readMonitor(text);
    expect(told).toEqual([]);
    expect(lines).toContain('columns.weight: eur');
    expect(checks.filter((name) => name === 'recall')).toHaveLength(2);
  });

  test.each([
    [
      columns(score, LABELS + CHECKS),
      / checks\[1\]\.weighted: recall by weight needs columns\.weight, the column of what rows weigh/,
    ],
    [
      columns(`weight: p, ${score}`),
      / columns\.prediction\.score: "p" is the weight: expected a column of its own/,
    ],
    [
      columns('weight: w, prediction: { label: c, probabilities: { a: pa, b: pb } }'),
      / columns\.weight: expected none: probabilities of classes are not weighed/,
    ],
    [
      columns('weight: w, prediction: { request: r, item: i, position: o }'),
      / columns\.weight: expected none: requests of a ranking are not weighed/,
    ],
    [
      columns(
        `weight: w, ${score}`,
        `${LABELS}checks: [{ check: label_coverage, weighted: true }]\n`,
      ),
      / checks\[0\]\.weighted: unknown key/,
    ],
  ])('%s is refused with its place', async (text, words) => {
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });
});

describe('reference.drift.weight', () => {
  const drift = 'weight: w, path: train.parquet';
  const trained = (roles: string, reference = drift, rest = '') =>
    columns(roles, rest).replace(/reference: .*\n/, `reference: { drift: { ${reference} } }\n`);

  test('says what the rows of a training file weigh', async () => {
    const { told, lines } = await readMonitor(trained(score));
    expect(told).toEqual([]);
    expect(lines.find((line) => line.startsWith('reference.drift:'))).toMatch(
      /train\.parquet by w$/,
    );
  });

  test.each([
    [
      trained('entity: c, prediction: { score: p, use: first }'),
      / reference\.drift\.weight: expected none: rows of an entity are counted together/,
    ],
    [
      trained('prediction: { request: r, item: i, position: o }'),
      / reference\.drift\.weight: expected none: rows of a request are counted together/,
    ],
    [
      trained(score, drift, 'checks: [psi, multivariate]\n'),
      / reference\.drift\.weight: expected none: multivariate draws rows whatever they weigh/,
    ],
    [
      trained(`${score}, features: { include: [a, w] }`),
      / columns\.features\.include\[1\]: "w" is what training rows weigh: expected a feature/,
    ],
    [trained(score, 'kind: previous, weight: w'), / reference\.drift\.weight: unknown key/],
  ])('%s is refused with its place', async (text, words) => {
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });
});
