import { expect, test } from 'vitest';
import { differences, seamOf } from '../../app/differences.js';
import { windowsDue } from '../../calendar/windows.js';
import type { Published } from '../../domain/published.js';
import type { WindowGrid } from '../../domain/window.js';
import { inZone } from '../../domain/zone.js';
import { monitorOf } from '../support/monitor-fixture.js';

test('differences are named by their path, before and after', () => {
  const before = { checks: [{ warn: 0.05 }], tags: ['a'] };
  const after = { checks: [{ warn: 0.1 }], tags: ['a', 'b'] };
  expect(differences(before, after)).toEqual([
    'checks.0.warn: 0.05 → 0.1',
    'tags.1: nothing → "b"',
  ]);
  expect(differences(before, structuredClone(before))).toEqual([]);
});

const HOUR = 3_600_000;
const WATERMARK = Date.UTC(2026, 2, 5);

const published = (windows: Partial<WindowGrid>): Published => {
  const monitor = monitorOf({});
  return {
    monitor: {
      ...monitor,
      windows: { ...monitor.windows, size: '1d', timezone: 'UTC', ...windows },
    },
  } as Published;
};

test('where windows move, no hour is left out, and the plan says which are judged again', () => {
  const before = published({});
  for (const [moved, again] of [
    [{ timezone: 'Europe/Paris' }, 1],
    [{ timezone: 'America/New_York' }, 19],
    [{ size: '1w' }, 3 * 24],
    [{ size: '1h' }, 0],
  ] as const) {
    const after = published(moved);
    const { windows } = after.monitor;
    const [first] = windowsDue(windows, WATERMARK, WATERMARK + 14 * 24 * HOUR);
    expect((WATERMARK - (first?.start ?? 0)) / HOUR).toBe(again);
    const [line = ''] = seamOf(before, after, WATERMARK);
    const [start, end] = [first?.start, first?.end].map((at) => inZone(at ?? 0, windows.timezone));
    expect(line).toContain(`the next one is ${start} to ${end}`);
    expect(line).toMatch(again === 0 ? /no hour is judged twice/ : /are judged once more/);
  }
  expect(seamOf(before, published({}), WATERMARK)).toEqual([]);
});
