import { isDue } from '../checks/questions.js';
import { featuresOf } from '../checks/targets.js';
import { binnedRows } from '../domain/causes/binned.js';
import type { Binned } from '../domain/causes/binned.js';
import { toldApart } from '../domain/causes/together.js';
import { weighedLabels } from '../domain/causes/weighed-labels.js';
import type { Monitor } from '../domain/monitor.js';
import { size } from '../domain/profile.js';
import type { Counts, Profile } from '../domain/profile.js';
import type { Duck } from '../lake/duck.js';
import { drawReference, drawWindow } from '../lake/draw.js';
import type { ProfileRequest } from '../lake/profile.js';
import type { StoredReference } from '../lake/reference-store.js';
import { rejoined } from '../lake/skew.js';
import { askedOf, locate } from '../sources/locate.js';
import type { World } from '../sources/source.js';
import type { ProfiledAnew } from './evaluate-labels.js';
import { fixedRows } from './reference-from.js';

/** Rows of either side that are looked at, and features: a fit of more takes minutes. */
const MOST_ROWS = 20_000;
const MOST_FEATURES = 50;

interface From {
  request: ProfileRequest;
  stored: StoredReference;
  world: World;
}

/**
 * Adds to a profile what counts cannot answer, for the checks that the monitor lists and that look
 * at this window: `apart` and `apart_parts` for `multivariate`, with `apart_labels` for estimates
 * where the reference has labels of a yes or no, and `skew_rows` for the check of that name. Reads
 * only. A profile whose columns stay as an older evaluation has them keeps the older answers.
 */
export async function withRowsAsked(
  db: Duck,
  profiled: ProfiledAnew,
  from: From,
): Promise<ProfiledAnew> {
  if (profiled.profileFile !== null || profiled.profile.rows === 0) return profiled;
  const { monitor, window } = from.request;
  const looks = (name: string) =>
    monitor.checks.some((spec) => spec.check === name && isDue(spec, window));
  const found = {
    ...(looks('multivariate') ? await apartOf(db, from) : {}),
    ...(looks('skew_rows') ? await rejoinedOf(db, from) : {}),
  };
  const add = (profile: Profile) => ({ ...profile, asked: { ...profile.asked, ...found } });
  return { ...profiled, profile: add(profiled.profile), stored: add(profiled.stored) };
}

/** {}: no row is looked for, or none can be found by its id. */
async function rejoinedOf(
  db: Duck,
  { request, stored, world }: From,
): Promise<{ skew_rows?: Counts }> {
  const { monitor } = request;
  const { drift, others } = monitor.reference;
  const against = monitor.checks.find(({ check }) => check === 'skew_rows')?.against ?? null;
  const could = against === null ? [drift, ...Object.values(others)] : [others[against]];
  const source = could.find((one) => one?.kind === 'training');
  if (source?.kind !== 'training') return {};
  const asked = { ...askedOf(monitor, null), knownAt: request.knownAt };
  const training = await locate(source.from, asked, world);
  const columns = featuresOf(monitor, stored);
  const found = await rejoined(db, request, { training, columns });
  return size(found) === 0 ? {} : { skew_rows: found };
}

/** {}: the reference moves with the window and has no rows of its own. */
async function apartOf(db: Duck, { request, stored }: From): Promise<Record<string, Counts>> {
  const monitor: Monitor = { ...request.monitor, labels: null };
  const { drift } = monitor.reference;
  if (drift !== null && fixedRows(monitor, drift) === null) return {};
  const { located, only } = stored;
  const every = binnable(monitor, stored);
  const features = every.slice(0, MOST_FEATURES);
  const draw = { columns: features.map(({ name }) => name), most: MOST_ROWS };
  const { grid } = stored;
  // the reference's labels may tell what rows like those of the window are
  const known = { monitor: request.monitor, located, grid, ...(only && { only }) };
  const sides = {
    current: await drawWindow(db, { ...request, monitor, labels: null, exact: 'grid' }, draw),
    reference: await drawReference(db, known, draw),
  };
  const rows = binnedRows(sides, { features, task: monitor.model.task });
  if (rows.features.length === 0) return {};
  const { auc, low, high, pValue, features: parts, chances } = toldApart(rows);
  const isProbability = monitor.columns.prediction?.kind === 'probability';
  const labels = isProbability ? weighedLabels(sides.reference, chances) : null;
  const current = Array.from(rows.sides).filter((side) => side === 1).length;
  const sums = {
    ...{ current, reference: rows.sides.length - current },
    ...{ auc: auc ?? 0.5, low, high, p: pValue },
    ...{ features: rows.features.length, all: every.length },
  };
  const one = Object.entries(sums).map(([name, value]) => [name, Float64Array.of(value)] as const);
  return {
    ...(labels === null ? {} : { apart_labels: labels }),
    apart: { by: {}, sums: { n: Float64Array.of(1), ...Object.fromEntries(one) } },
    apart_parts: {
      by: { feature: parts.map(({ name }) => name) },
      sums: {
        n: new Float64Array(parts.length).fill(1),
        part: Float64Array.from(parts, ({ part }) => part),
      },
    },
  };
}

/** Features with bins, the most important ones first; never chosen by how much they moved. */
function binnable(monitor: Monitor, { grid, profile }: StoredReference): Binned[] {
  const { overrides } = monitor.columns.features;
  const found = featuresOf(monitor, { grid }).flatMap((name): Binned[] => {
    const [axis, reference] = [grid.axes[name], profile.columns[name]];
    if (axis === undefined || axis.kind === 'opaque' || reference === undefined) return [];
    return [{ name, axis, reference }];
  });
  const weight = ({ name }: Binned): number => overrides[name]?.importance ?? 0;
  return found.sort((a, b) => weight(b) - weight(a));
}
