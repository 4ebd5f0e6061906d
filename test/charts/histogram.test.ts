import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { distributionPicture, distributionSvg } from '../../charts/index.js';
import { shares } from '../../charts/distribution.js';

const bins = [
  { label: '0–10', reference: 60, current: 10 },
  { label: '10–20', reference: 30, current: 20 },
  { label: '20–30', reference: 10, current: 20 },
];

/** Width and height stand in bytes 16 to 23 of a PNG. */
function sizeOf(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function bars(svg: string, colour: string): number[] {
  const { document } = parseHTML(svg) as unknown as {
    document: {
      querySelectorAll(query: string): Iterable<{ getAttribute(name: string): string | null }>;
    };
  };
  const found = [...document.querySelectorAll(`g[fill="${colour}"] rect`)];
  return found.map((bar) => Number(bar.getAttribute('height')));
}

describe('the picture of a distribution', () => {
  test('is a PNG of twice 552 px, so that it is sharp and fits a mail of 600 px', () => {
    const { png } = distributionPicture({ title: 'income', bins, unit: 'rows' });
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(sizeOf(png).width).toBe(2 * 552);
    expect(png.length).toBeLessThan(100_000);
  });

  test('says in words what moved most, each side as a share of its own rows', () => {
    const { alt } = distributionPicture({ title: 'income', bins, unit: 'rows' });
    // reference 100 rows, current 50: 10/50 = 20 %, 20/50 = 40 %.
    expect(alt).toBe(
      'income: share of rows, reference → current; moved most: ' +
        '0–10 60.0 % → 20.0 %, 20–30 10.0 % → 40.0 %, 10–20 30.0 % → 40.0 %.',
    );
  });

  test('draws bars whose heights are in the proportion of the shares', () => {
    const { svg } = distributionSvg({ title: 'income', bins, unit: 'rows' });
    const [first = 0, second = 0, third = 0] = bars(svg, '#8a94a6');
    expect(first / second).toBeCloseTo(2, 6);
    expect(first / third).toBeCloseTo(6, 6);
    const current = bars(svg, '#2563eb');
    expect((current[0] ?? 0) / first).toBeCloseTo(0.2 / 0.6, 6);
    expect((current[1] ?? 0) / (current[0] ?? 1)).toBeCloseTo(2, 6);
  });

  test('draws a row with both numbers for each category, the smallest ones together', () => {
    const many = Array.from({ length: 14 }, (_, index) => ({
      label: `code ${index}`,
      kind: 'category',
      reference: 100 - index,
      current: 100 - index,
    }));
    const { svg } = distributionSvg({ title: 'airline', bins: many, unit: 'rows' });
    expect(svg).toContain('code 8');
    expect(svg).not.toContain('code 9');
    expect(svg).toContain('5 others');
  });

  test('names a category that is gone and one that doubled', () => {
    const { alt } = distributionPicture({
      title: 'airline',
      unit: 'rows',
      bins: [
        { label: 'AA', kind: 'category', reference: 25, current: 50 },
        { label: 'US', kind: 'category', reference: 25, current: 0 },
        { label: 'WN', kind: 'category', reference: 50, current: 50 },
      ],
    });
    expect(alt).toContain('AA 25.0 % → 50.0 %');
    expect(alt).toContain('US 25.0 % → 0.0 %');
    expect(alt).not.toContain('WN');
  });

  test('keeps missing values apart when two hundred bins are joined', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      label: String(index),
      reference: 1,
      current: 1,
    }));
    const missing = { label: 'missing', kind: 'missing', reference: 10, current: 90 };
    const { svg } = distributionSvg({ title: 'x', bins: [...many, missing], unit: 'rows' });
    expect(bars(svg, '#2563eb')).toHaveLength(41);
    expect(svg).toContain('>missing<');
    const words = { ...missing, label: 'missing or unreadable' };
    const { svg: both } = distributionSvg({ title: 'x', bins: [...many, words], unit: 'rows' });
    expect(both).toContain('>missing or<');
    expect(both).toContain('>unreadable<');
    expect(both).not.toContain('…');
  });

  test('says so when a side has no rows, and draws nothing at all for no bins', () => {
    const empty = bins.map((bin) => ({ ...bin, current: 0 }));
    expect(distributionPicture({ title: 'income', bins: empty, unit: 'rows' }).alt).toBe(
      'income: no rows in the current window.',
    );
    const { png } = distributionPicture({ title: 'income', bins: [], unit: 'rows' });
    expect(sizeOf(png).width).toBe(1104);
  });

  test('draws hostile names as text and no line of them as markup', () => {
    const hostile = `</text><script>alert(1)</script>&"'\u0000\uD800`;
    const { svg } = distributionSvg({
      title: hostile,
      unit: hostile,
      bins: [{ label: hostile, kind: 'category', reference: 1, current: 2 }],
    });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;');
    const { png } = distributionPicture({ title: hostile, unit: hostile, bins });
    expect(sizeOf(png).width).toBe(1104);
  });

  test('refuses weights that are no counts and says which', () => {
    expect(() => shares([{ label: 'a', reference: 1, current: -1 }])).toThrow(
      'current of bin "a" must be a finite number >= 0, got -1',
    );
  });

  test('is the same file for the same numbers', () => {
    const draw = () => distributionPicture({ title: 'income', bins, unit: 'rows' }).png;
    expect(Buffer.from(draw()).equals(Buffer.from(draw()))).toBe(true);
  });
});
