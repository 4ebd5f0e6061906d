import type { AlertSummary } from '../domain/alert.js';
import { coarseBins } from '../domain/judging/distribution.js';
import { worstFindings } from '../domain/alerting/worst.js';
import type { Finding } from '../domain/finding.js';
import { aboutWords, measureName } from '../domain/naming.js';
import type { Notice } from '../domain/notice.js';
import type { Axis, Counts, Profile } from '../domain/profile.js';
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
  const profile = await deps.lake.profileOf(commit);
  const { grid, profile: reference } = await getReference(deps.lake, commit.reference);
  if (profile === null) return null;
  const drawn = worstDrawn(findings, { axes: grid.axes, profile, reference });
  if (drawn === null) return null;
  const { distributionPicture } = await import('../charts/index.js'); // only who draws loads it
  const bins = coarseBins(drawn.axis, drawn.current, drawn.reference);
  const about = aboutWords({ target: drawn.column, details: { of: measureName(drawn.axis) } });
  return distributionPicture({ title: `${alert.model} · ${about}`, bins, unit: 'rows' });
}

/** A column with its two distributions on one axis. */
interface Drawn {
  column: string;
  axis: Axis;
  current: Counts;
  reference: Counts;
}

/**
 * The worst column that has a distribution on both sides. What is worse and has none (the
 * prediction, a metric) is passed over; null: no bad finding is about such a column.
 */
export function worstDrawn(
  findings: readonly Finding[],
  of: {
    axes: Readonly<Record<string, Axis>>;
    profile: Pick<Profile, 'columns'>;
    reference: Pick<Profile, 'columns'>;
  },
): Drawn | null {
  const bad = findings.filter(({ verdict }) => verdict === 'alert' || verdict === 'warn');
  for (const { target: column } of worstFindings(bad)) {
    const axis = of.axes[column];
    const current = of.profile.columns[column];
    const reference = of.reference.columns[column];
    if (axis !== undefined && current !== undefined && reference !== undefined) {
      return { column, axis, current, reference };
    }
  }
  return null;
}
