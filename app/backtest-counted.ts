import type { Measuring } from '../activities/deps.js';
import { evaluate } from '../activities/evaluate.js';
import { referenceWithCustom } from '../activities/evaluate-custom.js';
import { coarseColumns } from '../domain/judging/coarsen.js';
import type { Finding } from '../domain/finding.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { isFiles } from '../domain/source-spec.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { canonical, fingerprint, unpack } from '../lake/objects.js';
import type { StoredReference } from '../lake/reference-store.js';
import { askedOf, locate } from '../sources/locate.js';
import { sourcesOf } from './doctor-sources.js';

/** A window of a source, counted: coarse, and what was said of it from its fine counts. */
interface Counted {
  pin: ReferencePin;
  profile: Profile;
  slices: readonly Profile[];
  findings: readonly Finding[];
}

/** What is counted: a window, with its reference where an earlier one has pinned it. */
export interface Counting {
  monitor: Monitor;
  window: Window;
  times: { at: Instant; knownAt: Instant };
  head: Pick<ModelHead, 'reference'> | null;
  /** Scratch folder for rows that have to be landed. */
  folder: string;
  /** Names of the findings that stand whatever limits are tried. */
  stand: readonly string[];
}

/** Other numbers for the same words and rows: another way of counting them. */
const FORMAT = 1;

/**
 * A window of a source that nobody has evaluated, and its reference. Counted once: the lake keeps
 * it under what it was made of, as long as all of that is files, and labels are mature. null: it
 * cannot be counted.
 */
export async function countedWindow(
  deps: Measuring,
  db: Duck,
  of: Counting,
): Promise<(Counted & { reference: () => Promise<StoredReference> }) | null> {
  const key = await keyOf(deps, of);
  const kept = key === null ? null : await deps.lake.store.get(key);
  if (kept !== null) {
    const found = unpack(JSON.parse(new TextDecoder().decode(kept.body))) as Counted;
    return { ...found, reference: () => referenceOf(deps, db, { ...of, pin: found.pin }) };
  }
  const { monitor, window, times, head, folder } = of;
  const { evaluation, pin, reference } = await evaluate(deps, db, {
    ...{ monitor, fingerprint: fingerprint(monitor), head, exact: 'grid', landDir: folder },
    due: { window, revision: 0, ...times },
  });
  if (pin === null || reference === null || evaluation.profile === null) return null;
  const columns = coarseColumns(reference.grid, evaluation.profile.columns);
  const { slices, findings } = evaluation;
  const found = { pin, profile: { ...evaluation.profile, columns }, slices, findings };
  if (key !== null) await deps.lake.store.putIfAbsent(key, canonical(found));
  return { ...found, reference: () => Promise.resolve(reference) };
}

async function referenceOf(
  deps: Measuring,
  db: Duck,
  { monitor, window, times, pin }: Counting & { pin: ReferencePin },
): Promise<StoredReference> {
  const predictions = await locate(monitor.predictions, askedOf(monitor, window), deps.world);
  const asked = { monitor, head: { reference: pin }, at: times.at, predictions };
  return (await referenceWithCustom(deps, db, { ...asked, exact: 'grid' })).stored;
}

/** null: a source may give other rows tomorrow without another file, or labels are to come. */
async function keyOf(deps: Measuring, of: Counting): Promise<string | null> {
  const { monitor, window, times, head, stand } = of;
  const sources = sourcesOf(monitor).map(([, source]) => source);
  const isMature = times.knownAt - window.end >= (monitor.labels?.matureAfter ?? 0);
  if (!sources.every(isFiles) || !isMature) return null;
  const asked = askedOf(monitor, monitor.windows.rows === undefined ? window : null);
  const located = await Promise.all(sources.map((one) => locate(one, asked, deps.world)));
  const { checks, predictions, columns, labels, standIns, reference, segments, windows } = monitor;
  const made = {
    ...{ predictions, columns, labels, standIns, reference, segments, windows },
    events: monitor.events,
    checks: checks.filter(({ check, name }) => stand.includes(name ?? check)),
    model: monitor.model.id,
  };
  const files = located.map((one) => one.files);
  const before = head?.reference?.fingerprint ?? null;
  const accepted = await deps.lake.acceptedOf(monitor.model.id);
  return `backtests/${fingerprint({ FORMAT, made, files, window, before, accepted })}.json`;
}
