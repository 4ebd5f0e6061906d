import { describe, expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const CHECK = 'checks: [{ check: arm_contrast }]\n';
const columns = (more: string, rest = '') =>
  shortest.replace('timestamp: scored_at', `timestamp: scored_at${more}`) + rest;
const arm = (more = '') => `, arm: { column: variant, holdout: control${more} }`;

describe('columns.arm', () => {
  test('says who lives without the model, and is judged without labels or a prediction', async () => {
    const { told, checks, lines, monitor } = await readMonitor(columns(arm()));
    expect(told).toEqual([]);
    expect(checks).toContain('arm_contrast');
    expect(monitor?.columns.arm).toEqual({ column: 'variant', holdout: ['control'] });
    expect(lines).toEqual(
      expect.arrayContaining(['columns.arm.column: variant', 'columns.arm.holdout: control']),
    );
    expect((await readMonitor(columns(''))).checks).not.toContain('arm_contrast');
    const several = await readMonitor(columns(', arm: { column: v, holdout: [0, false] }'));
    expect(several.monitor?.columns.arm?.holdout).toEqual(['0', 'false']);
  });

  test.each([
    [columns('', CHECK), / checks\[0\]: arm_contrast needs a holdout arm: columns\.arm is missing/],
    [columns(', arm: { column: v }'), / columns\.arm\.holdout: missing/],
    [
      columns(', arm: { column: v, holdout: [] }'),
      / columns\.arm\.holdout: expected at least one value/,
    ],
    [columns(arm(', treated: b')), / columns\.arm\.treated: unknown key/],
    [
      columns(`${arm()}, prediction: { score: variant }`),
      / columns\.prediction\.score: "variant" is the arm: expected a column of its own/,
    ],
    [
      columns(`${arm()}, version: variant`),
      / columns\.arm\.column: "variant" is the version: expected a column of its own/,
    ],
    [
      columns(`${arm()}, features: { include: [variant] }`),
      / columns\.features\.include\[0\]: "variant" is the arm: expected a feature/,
    ],
    [
      columns(arm(), 'segments: [{ name: arm, by: variant }]\n'),
      / segments\[0\]\.name: expected another name: columns\.arm parts by it/,
    ],
  ])('%s is refused with its place', async (text, words) => {
    expect((await readMonitor(text)).told.join('\n')).toMatch(words);
  });
});
