import { distributionPicture } from '../charts/index.js';
import type { AlertSummary } from '../domain/alert.js';
import { coarseBins } from '../domain/judging/distribution.js';
import { worstFindings } from '../domain/alerting/worst.js';
import type { Finding } from '../domain/finding.js';
import type { Notice } from '../domain/notice.js';
import { getReference } from '../lake/reference-store.js';
import type { Deps } from './deps.js';

/** Reference beside current of the alert's worst drifted feature; null: there is none to draw. */
export async function pictureOf(
  deps: Deps,
  alert: AlertSummary,
  findings: readonly Finding[],
): Promise<Notice['picture']> {
  const commit = await deps.lake.commitOf(alert.model, alert.lastWindow);
  if (commit?.reference == null) return null;
  const drawn = worstOf(findings);
  if (drawn === null) return null;
  const profile = await deps.lake.profileOf(commit);
  const { grid, profile: reference } = await getReference(deps.lake, commit.reference);
  if (profile === null) return null;
  const axis = grid.axes[drawn.target];
  const [current, before] = [profile, reference].map(({ columns }) => columns[drawn.target]);
  if (axis === undefined || current === undefined || before === undefined) return null;
  const bins = coarseBins(axis, current, before);
  return distributionPicture({ title: `${alert.model} · ${drawn.target}`, bins, unit: 'rows' });
}

/** The worst finding about a column that has a distribution. */
function worstOf(findings: readonly Finding[]): Finding | null {
  const bad = findings.filter(({ verdict }) => verdict === 'alert' || verdict === 'warn');
  return worstFindings(bad)[0] ?? null;
}
