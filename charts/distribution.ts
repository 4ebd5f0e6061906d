/** One bin or category with its weight in both: rows, or shares; each side is scaled by itself. */
export interface DistributionBin {
  label: string;
  reference: number;
  current: number;
  /** What the bin stands for; `category`, `other` or `unseen` make the column categorical. */
  kind?: string;
}

/** A bin as a share of its side, 0 to 1. */
export interface Share {
  label: string;
  reference: number;
  current: number;
  /** Stays a bar of its own when neighbours are joined, as missing values do. */
  alone: boolean;
}

const mostCategories = 10;
const mostBins = 40;

/** Shares of both sides; a side without rows is 0 everywhere. Negative or infinite weights are
 * refused. */
export function shares(bins: readonly DistributionBin[]): Share[] {
  const total = { reference: 0, current: 0 };
  for (const bin of bins) {
    for (const side of ['reference', 'current'] as const) {
      if (!(bin[side] >= 0 && Number.isFinite(bin[side]))) {
        throw new RangeError(
          `charts: ${side} of bin "${bin.label}" must be a finite number >= 0, got ${bin[side]}.`,
        );
      }
      total[side] += bin[side];
    }
  }
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return bins.map((bin) => ({
    label: bin.label,
    reference: share(bin.reference, total.reference),
    current: share(bin.current, total.current),
    alone: bin.kind === 'missing' || bin.kind === 'notFinite',
  }));
}

/** Says that the bins are the values of a column without an order. */
export function isCategorical(bins: readonly DistributionBin[]): boolean {
  return bins.some(({ kind }) => kind === 'category' || kind === 'other' || kind === 'unseen');
}

/** The ten largest categories in the order given; the others together as the last one. */
export function largestCategories(all: readonly Share[]): Share[] {
  if (all.length <= mostCategories) return [...all];
  const weight = (bin: Share): number => Math.max(bin.reference, bin.current);
  const kept = new Set([...all].sort((a, b) => weight(b) - weight(a)).slice(0, mostCategories - 1));
  const rest = all.filter((bin) => !kept.has(bin));
  return [...all.filter((bin) => kept.has(bin)), merged(rest, `${rest.length} others`)];
}

/** Neighbouring bins joined until at most forty are left, so that a bar stays visible. */
export function joinedBins(all: readonly Share[]): Share[] {
  const ordered = all.filter((bin) => !bin.alone);
  const width = Math.ceil(ordered.length / mostBins);
  if (width <= 1) return [...all];
  const joined: Share[] = [];
  for (let from = 0; from < ordered.length; from += width) {
    const part = ordered.slice(from, from + width);
    joined.push(merged(part, part[0]?.label ?? ''));
  }
  return [...joined, ...all.filter((bin) => bin.alone)];
}

function merged(parts: readonly Share[], label: string): Share {
  const sum = (side: 'reference' | 'current'): number =>
    parts.reduce((total, part) => total + part[side], 0);
  return { label, reference: sum('reference'), current: sum('current'), alone: false };
}

/** The picture in words with its numbers: the three bins that moved most, larger moves first. */
export function distributionSentence(title: string, all: readonly Share[]): string {
  const has = (side: 'reference' | 'current'): boolean => all.some((bin) => bin[side] > 0);
  if (!has('current')) return `${title}: no rows in the current window.`;
  if (!has('reference')) return `${title}: no rows in the reference.`;
  const move = (bin: Share): number => Math.abs(bin.current - bin.reference);
  const moved = [...all]
    .sort((a, b) => move(b) - move(a))
    .slice(0, 3)
    .filter((bin) => move(bin) >= 0.0005);
  const lead = `${title}: share of rows, reference → current`;
  if (moved.length === 0) return `${lead}: no bin moved by 0.1 points or more.`;
  const words = moved.map(
    (bin) => `${bin.label} ${percent(bin.reference)} → ${percent(bin.current)}`,
  );
  return `${lead}; moved most: ${words.join(', ')}.`;
}

/** `12.5 %`; a share that is there but rounds to nothing is `< 0.1 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}
