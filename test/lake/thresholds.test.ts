import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { countedOnce, ownLabel, rowsOf } from '../support/outcomes.js';
import { cellsOf, withFolder } from '../support/rows.js';

const scores = [0.1, 0.3, 0.3, 0.5, 0.5, 0.7, 0.9, null, 1.4, 0.6, 0.6, 0.6, 0.6];
const thresholds = [0, 0.3, 0.4, 0.5, 1, 0.2, 0.95, 0.5, 0.5, null, 60, -0.1, 0.1];
const y = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0];

/** Positive from the row's own threshold on; no class where either is no number from 0 to 1. */
const predicted = scores.map((score, row) => {
  const cut = thresholds[row] ?? null;
  if (score === null || cut === null || score > 1 || cut < 0 || cut > 1) return null;
  return score >= cut ? '1' : '0';
});

const labels = ownLabel(['1']);
const byRow = { kind: 'probability', column: 's', threshold: 'cut' } as const;
const byHand = { kind: 'label', column: 'class', threshold: 0.5 } as const;
const cutOnce = countedOnce(rowsOf({ s: scores, cut: thresholds, y }), {
  ...{ labels, columns: { prediction: byRow } },
});
const handOnce = countedOnce(rowsOf({ class: predicted, y }), {
  ...{ labels, columns: { prediction: byHand } },
});

describe('thresholds that each row has itself', () => {
  test.each(['exact', 'grid'] as const)(
    'give the classes that one gives by hand: %s',
    async (how) => {
      const [cut, hand] = [(await cutOnce())[how], (await handOnce())[how]];
      for (const check of ['accuracy', 'precision', 'recall', 'specificity', 'f1', 'mcc']) {
        const [own, other] = [cut.measure(check), hand.measure(check)];
        expect([check, own.value, own.nCurrent]).toEqual([check, other.value, other.nCurrent]);
      }
      // 0.1 at 0, 0.3 at 0.3, 0.5 at 0.5: three true; 0.7 at 0.2, 0.6 at 0.1: two false
      expect(cut.measure('precision').value).toBeCloseTo(3 / 5, 12);
      // 0.5 at 1 and 0.9 at 0.95 are missed
      expect(cut.measure('recall').value).toBeCloseTo(3 / 5, 12);
    },
  );

  test('of the scores themselves nothing changes, and the column is no feature', async () => {
    const { profile, reference, measure } = (await cutOnce()).grid;
    expect(Object.keys(profile.columns)).toEqual(['s']);
    expect(cellsOf(reference.outcomes)).toEqual(cellsOf(profile.outcomes));
    // 11 scores from 0 to 1, whether or not their rows have a threshold
    expect(measure('roc_auc').nCurrent).toBe(11);
    // 1.4 is no probability, 60 and -0.1 are no thresholds
    expect(cellsOf(profile.asked['rejected'])).toEqual({
      ...{ 's no_probability': 1, 'cut no_probability': 2 },
    });
    expect(profile.asked['rows']?.sums['misread']?.[0]).toBe(3);
  });

  test('texts that are no number are told', async () => {
    await withFolder(async (db, folder) => {
      const file = path.join(folder, 'rows.csv');
      const rows = ['0.7,0.6,1', '0.7,high,0', '0.7,0.8,0', '0.7,,1', '0.7,0.5,1'];
      await writeFile(file, `s,cut,y\n${rows.join('\n')}\n`);
      const monitor = monitorOf({ labels, columns: { id: [], prediction: byRow } });
      const source = { kind: 'csv', path: file, where: null } as const;
      const located = await locate(source, { span: null, timezone: 'UTC' });
      const { profile } = await buildReference(db, { monitor, located });
      expect(cellsOf(profile.asked['rejected'])).toEqual({ 'cut unparsed': 1 });
      const { by = {}, sums = {} } = profile.outcomes ?? {};
      const classes: Record<string, number> = {};
      by['predicted']?.forEach((name, cell) => {
        classes[String(name)] = (classes[String(name)] ?? 0) + (sums['n']?.[cell] ?? 0);
      });
      expect(classes).toEqual({ '1': 2, '0': 1, '': 2 });
    });
  });
});
