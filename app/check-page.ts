import type { CheckPage } from '../charts/index.js';
import { coarseBins } from '../domain/judging/distribution.js';
import type { Finding } from '../domain/finding.js';
import type { Checked } from './check.js';
import { writePage } from './write-page.js';

export type { CheckPage, PageFinding, PageLink, PagePicture } from '../charts/index.js';

/** The bins of the column that a finding is about, of all rows on both sides; [] of none. */
export function drawnBins({ evaluated }: Checked, { target }: Finding) {
  const { reference, evaluation } = evaluated;
  if (reference === null || evaluation.profile === null) return [];
  const axis = reference.grid.axes[target];
  const [before, now] = [reference.profile.columns[target], evaluation.profile.columns[target]];
  if (axis === undefined || before === undefined || now === undefined) return [];
  return coarseBins(axis, now, before);
}

/** Writes a check as a page of HTML; UsageError where it cannot be written. */
export async function writeCheck(page: CheckPage, file: string): Promise<void> {
  const { checkPage } = await import('../charts/index.js'); // only who draws loads it
  await writePage(checkPage(page), file);
}
