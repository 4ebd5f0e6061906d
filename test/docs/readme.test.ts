import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checks } from '../../checks/index.js';
import { makeDemo } from '../../app/demo.js';
import { troubleWords } from '../../domain/naming.js';
import { blocksOf } from '../support/documents.js';
import { withPlace } from '../support/e2e.js';

const readme = { file: 'README.md', text: readFileSync('README.md', 'utf8') };
const shown = blocksOf(readme).filter(({ language }) => language === 'text');

const lines = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trimEnd()]));

test('the check that the README shows is what it prints, cut to its news', () =>
  withPlace({}, async (place) => {
    const { to } = await makeDemo(place.folder, 60, Date.UTC(2026, 10, 24, 1));
    const asOf = new Date(to).toISOString();
    const { out } = await place.cli(['check', 'credit-risk', '--as-of', asOf]);
    const printed = lines(out);
    const block = shown.find(({ text }) => text.includes(' CHECK '));
    for (const line of lines(block?.text ?? '')) expect(printed).toContain(line);
    expect(lines(block?.text ?? '').length).toBeGreaterThan(8);
  }));

test('a trainer is told why in the words that the documentation shows', () => {
  const text = readFileSync('docs/how-to/retraining.md', 'utf8');
  const [request] = blocksOf({ file: 'retraining.md', text }).filter(
    ({ language }) => language === 'json',
  );
  const { evidence } = JSON.parse(request?.text ?? '') as { evidence: string };
  expect(evidence).toBe(troubleWords({ check: 'roc_auc', target: 'roc_auc' }));
});

test('the changelog counts the checks that there are', () => {
  const changelog = readFileSync('CHANGELOG.md', 'utf8').replaceAll(/\s+/g, ' ');
  expect(changelog).toContain(`${checks.length} checks`);
});
