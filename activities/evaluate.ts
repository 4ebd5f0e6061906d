import { evaluateChecks, unknownFindings } from '../checks/evaluate.js';
import type { Due } from '../domain/due.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evaluation } from '../domain/run.js';
import type { Evidence } from '../domain/score.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import { SourceError } from '../domain/source.js';
import { profileWindow } from '../lake/profile.js';
import { locate, namesOneFile } from '../sources/locate.js';
import type { Deps } from './deps.js';
import { runName } from './marks.js';
import { referenceOf, type ActiveReference, type StoredReference } from './reference.js';

const MOST_EARLIER = 90;

/** What one evaluation needs to know. */
export interface Evaluate {
  monitor: Monitor;
  /** Fingerprint of the published monitor; of a monitor file, its own. */
  fingerprint: string;
  due: Pick<Due, 'window' | 'revision' | 'at' | 'knownAt'>;
  head: ModelHead | null;
  exact: 'exact' | 'grid';
  /** Folder where rows that cannot be read again are landed. */
  landDir: string;
}

/** An evaluation as it would be committed, with what lies on disk beside it. */
export interface Evaluated {
  evaluation: Evaluation;
  pin: ReferencePin | null;
  reference: StoredReference | null;
  /** Local path of landed rows; null when the source can be read again. */
  landed: string | null;
  /** The window's labels were mature at knownAt. */
  mature: boolean;
}

/**
 * Evaluates one window and returns what would be committed; the activity commits it, `check`
 * prints it. Writes nothing but a reusable reference profile and landed rows below `landDir`.
 * A source that cannot be read gives an evaluation whose findings are all unknown (error).
 */
export async function evaluate(deps: Deps, db: Duck, input: Evaluate): Promise<Evaluated> {
  try {
    return await measure(deps, db, input);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const evaluation = {
      ...blank(input),
      findings: unknownFindings(input.monitor, {
        ...frame(input),
        reason: 'error',
        sentence: 'Not judged: the rows could not be read; the error of the run says why.',
      }),
      error: error.message,
    };
    return { evaluation, pin: null, reference: null, landed: null, mature: false };
  }
}

async function measure(deps: Deps, db: Duck, input: Evaluate): Promise<Evaluated> {
  const { monitor, due, head } = input;
  const zone = monitor.windows.timezone;
  const predictions = await locate(monitor.predictions, { span: due.window, timezone: zone });
  if (predictions.files.length === 0 && namesOneFile(monitor.predictions.path)) {
    throw new SourceError(predictions.path, null, 'no such file; expected the predictions');
  }
  const reference = await referenceOf(deps, db, {
    monitor,
    head,
    at: due.at,
    predictions,
    exact: input.exact,
  });
  const labels = await locateLabels(monitor, due.window, due.knownAt);
  const profiled = await profileWindow(db, {
    monitor,
    grid: reference.stored.grid,
    window: due.window,
    at: due.at,
    knownAt: due.knownAt,
    predictions,
    labels,
    exact: input.exact,
    landDir: input.landDir,
  });
  const evidence = await evidenceOf(deps, input, { reference, profile: profiled.profile });
  const inputs = fingerprint({
    monitor: input.fingerprint,
    reference: reference.pin.fingerprint,
    window: due.window,
    manifest: profiled.manifest.files,
    labels: profiled.labels?.files ?? null,
  });
  const evaluation = {
    ...blank(input),
    reference: reference.pin.fingerprint,
    manifest: profiled.manifest,
    labels: profiled.labels,
    profile: profiled.profile,
    findings: evaluateChecks({ monitor, evidence, ...frame(input), inputs }),
  };
  // A label that is a column of the predictions is mature at once; else a pass would never end.
  const matureAt = monitor.labels === null ? null : due.window.end + monitor.labels.matureAfter;
  return {
    evaluation,
    pin: reference.pin,
    reference: reference.stored,
    landed: profiled.landedFile,
    mature: matureAt !== null && due.knownAt >= matureAt,
  };
}

async function evidenceOf(
  deps: Deps,
  { monitor, due }: Evaluate,
  from: { reference: ActiveReference; profile: Profile },
): Promise<Evidence> {
  const { pin, stored } = from.reference;
  return {
    at: due.at,
    knownAt: due.knownAt,
    grid: stored.grid,
    current: from.profile,
    reference: stored.profile,
    references: {},
    periods: [],
    usual: null,
    earlier: await earlierProfiles(deps, monitor, due.window),
    facts: {
      version: pin.version,
      trainedUntil: pin.trainedUntil,
      matureAfter: monitor.labels?.matureAfter ?? 0,
    },
  };
}

/** Label files are looked for from the window's start to the instant of what is known. */
async function locateLabels(monitor: Monitor, window: Window, knownAt: Instant) {
  if (monitor.labels?.from == null) return null;
  const end = Math.max(window.end, Math.min(knownAt, window.end + monitor.labels.matureAfter));
  const span = { start: window.start, end: end + 1 };
  return locate(monitor.labels.from, { span, timezone: monitor.windows.timezone });
}

async function earlierProfiles(deps: Deps, monitor: Monitor, window: Window): Promise<Profile[]> {
  const commits = await deps.lake.commitsOf(monitor.model.id, { to: window.start });
  const profiles = await deps.lake.coarseProfiles(commits.slice(-MOST_EARLIER));
  return profiles.filter((profile) => profile !== null);
}

function frame({ monitor, due }: Evaluate) {
  return {
    run: runName(monitor.model.id, due.window.end, due.revision),
    window: due.window,
    revision: due.revision,
  };
}

function blank(input: Evaluate): Evaluation {
  const { due } = input;
  return {
    model: input.monitor.model.id,
    ...frame(input),
    at: due.at,
    knownAt: due.knownAt,
    monitor: input.fingerprint,
    reference: null,
    manifest: null,
    labels: null,
    profile: null,
    slices: [],
    findings: [],
    error: null,
  };
}
