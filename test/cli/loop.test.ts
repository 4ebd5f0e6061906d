import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { loopLines } from '../../cli/loop.js';
import type { LoopLink } from '../../domain/loop/picture.js';

const unknown: Omit<LoopLink, 'from' | 'to'> = {
  ...{ state: 'unknown', kind: null, strength: null, window: null, sentence: '', findings: [] },
  missing: { setting: 'columns.group', text: 'Name it.' },
};
const numbers = { of: '', level: 0.95, pValue: null };

test('the loop takes five lines of 80 columns, and numbers are never cut', () => {
  const lines = loopLines([
    {
      ...{ ...unknown, from: 'decision', to: 'label', state: 'seen', kind: 'causal' },
      strength: { ...numbers, by: 'suppression', value: 0.8241, low: 0.7712, high: 0.8659 },
    },
    { ...unknown, from: 'label', to: 'training', missing: { setting: null, text: 'x'.repeat(90) } },
    {
      ...{ ...unknown, from: 'training', to: 'model', state: 'seen', kind: 'structural' },
      strength: { ...numbers, by: 'version 7', value: 234, low: null, high: null },
    },
    {
      ...{ ...unknown, from: 'model', to: 'decision', state: 'not_seen', kind: 'associational' },
      strength: { ...numbers, by: 'exposure_concentration', value: 0.9, low: 0.81, high: 1.02 },
    },
  ]).map(stripVTControlCharacters);
  expect(lines).toEqual([
    ' LOOP              EVIDENCE                   STRENGTH',
    ' decision → label  ▲ seen: causal             82.4 % [77.1 %, 86.6 %] suppressi…',
    ` label → training  ○ unknown                  ${'x'.repeat(33)}…`,
    ' training → model  ▲ seen: structural         234 rows acted on, version 7',
    ' model → decision  ● not seen: associational  0.9 [0.81, 1.02] exposure_concent…',
  ]);
  expect(loopLines([{ ...unknown, from: 'model', to: 'decision' }]).at(-1)).toMatch(
    / needs columns\.group$/,
  );
});
