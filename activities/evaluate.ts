import { reach } from '../calendar/reach.js';
import { shownByHand, unknownFindings } from '../checks/evaluate.js';
import type { Due } from '../domain/due.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import { valuesOf } from '../domain/profile.js';
import { coarseColumns } from '../domain/judging/coarsen.js';
import type { Evaluation } from '../domain/run.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import type { StoredReference } from '../lake/reference-store.js';
import { SourceError, type Located } from '../domain/source.js';
import type { Measuring } from './deps.js';
import { referenceWithCustom, withCustom } from './evaluate-custom.js';
import { withTold } from './evaluate-again.js';
import { evidencesOf } from './evaluate-evidence.js';
import { firstNotes, saidOf, seenIn } from './evaluate-first.js';
import { profiledAnew, type ProfiledAnew } from './evaluate-labels.js';
import { notesOf } from './evaluate-notes.js';
import { olderOf, olderOfSource } from './evaluate-older.js';
import { withRowsAsked } from './evaluate-rows.js';
import { withSeries } from './evaluate-series.js';
import { withLateDelays } from './label-delays.js';
import { locateLabels, locatePredictions, type ReadAgain } from './located.js';
import { runName } from './marks.js';
import { withReady } from './ready.js';
import type { ActiveReference } from './reference.js';
import { withStandIns } from './stand-ins.js';
import { evaluateInTurns } from './turns.js';

/** What one evaluation needs to know. */
export interface Evaluate {
  monitor: Monitor;
  /** Fingerprint of the published monitor; of a monitor file, its own. */
  fingerprint: string;
  /** `mature`: only what depends on labels is counted anew, if nothing else can have changed. */
  due: Pick<Due, 'window' | 'revision' | 'at' | 'knownAt'> & Partial<Pick<Due, 'kind'>>;
  head: Pick<ModelHead, 'reference'> | null;
  exact: 'exact' | 'grid';
  /** Folder where rows that cannot be read again are landed. */
  landDir: string;
  /** One of the windows that people hear of; absent: no, it is looked at by hand. */
  watched?: boolean;
  /** Earlier windows of a reference are profiled where nobody has evaluated them. */
  earlier?: 'profile';
  /** What an older evaluation read, to be read once more; absent: what is there now is read. */
  again?: ReadAgain;
}

/** An evaluation as it would be committed, with what lies on disk beside it. */
export interface Evaluated {
  evaluation: Evaluation;
  pin: ReferencePin | null;
  reference: StoredReference | null;
  /** Local path of landed rows; null when the source can be read again. */
  landed: string | null;
  /** The window is itself what later ones are compared with; absent: it is not. */
  first?: boolean;
  /** The window's labels were mature at knownAt. */
  mature: boolean;
  /** Lake key of the older evaluation that holds the counts of the columns; null: this one does. */
  profileFile: string | null;
}

/**
 * Evaluates one window and returns what would be committed; the activity commits it, `check`
 * prints it. Writes nothing but a reusable reference profile and landed rows below `landDir`.
 * A source that cannot be read gives an evaluation whose findings are all unknown (error).
 */
export async function evaluate(deps: Measuring, db: Duck, input: Evaluate): Promise<Evaluated> {
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
    return { evaluation, ...NOTHING, mature: false };
  }
}

async function measure(deps: Measuring, db: Duck, input: Evaluate): Promise<Evaluated> {
  const { monitor, due, head, exact, watched = false, again } = input;
  const { signal } = db.options;
  const predictions = await locatePredictions(deps, { ...input, signal });
  const at = { at: due.at, predictions, window: due.window, exact };
  const reference = await referenceWithCustom(deps, db, { monitor, head, ...at });
  const [first, stored] = [reference.is === 'window', reference.stored];
  const labels = await locateLabels(deps, { ...input, signal });
  const request = requestOf(input, stored, { predictions, labels });
  const older = await olderOf(deps.lake, monitor, due);
  const anew = {
    request,
    older: due.kind === 'mature' && exact === 'grid' ? older : null,
    now: { monitor: input.fingerprint, reference: reference.pin.fingerprint, grid: stored.grid.id },
  };
  const asked = { request, stored, world: deps.world, signal };
  const counts = withTold(await withReady(await profiledAnew(deps, db, anew), asked), again);
  const drawn = first ? counts : await withRowsAsked(db, counts, asked);
  const late = await withStandIns(db, await withLateDelays(db, drawn, asked), asked);
  const profiled = await withSeries(await withCustom(db, late, request), asked);
  const mature = areMature(monitor, due);
  const { profile, slices, outside } = profiled;
  const told = { ...request, stored, mature, rows: profile.rows, asked: profile.asked, outside };
  const said = await notesOf({ ...told, older: await olderOfSource(deps.lake, older, input) });
  const from = { ...input, monitor, due, reference, exact, watched, profile, slices };
  const { notes: beside, ...seen } = seenIn(first, await evidencesOf(deps, db, from));
  const notes = [...(first ? firstNotes(stored) : []), ...said, ...beside];
  const inputs = inputsOf(input, reference, profiled);
  const looked = { ...frame(input), ...(watched ? {} : { shown: shownByHand(monitor) }) };
  const evaluation = {
    ...blank(input),
    reference: reference.pin.fingerprint,
    manifest: profiled.manifest,
    labels: profiled.labels,
    profile: profiled.stored,
    slices: profiled.slices,
    ...(exact === 'grid' ? { coarse: coarseColumns(stored.grid, profiled.profile.columns) } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    findings: saidOf(first, await evaluateInTurns({ monitor, ...seen, ...looked, inputs })),
  };
  // A window without a row is nobody's reference: the next one is asked again.
  const isReference = stored.rows > 0;
  return {
    evaluation,
    ...{ pin: isReference ? reference.pin : null, reference: isReference ? stored : null, first },
    landed: profiled.landedFile,
    profileFile: profiled.profileFile,
    mature,
  };
}

function requestOf(
  { monitor, due: { window, at, knownAt }, exact, landDir }: Evaluate,
  { grid, slices: parts }: StoredReference,
  located: { predictions: Located; labels: Located | null },
) {
  const slices = valuesOf(parts.map(({ slice }) => slice));
  const span = reach(monitor.predictions.path, window, monitor.windows);
  const asked = { ...located, exact, landDir, slices };
  return { monitor, grid, window, at, knownAt, reach: span, ...asked };
}

/** A label that is a column of the predictions is mature at once; else a pass would never end. */
const areMature = ({ labels }: Monitor, { window, knownAt }: Evaluate['due']): boolean =>
  labels !== null && knownAt >= window.end + labels.matureAfter;

/** A hash of all that findings rest on. */
function inputsOf(
  { fingerprint: monitor, due }: Evaluate,
  { pin }: ActiveReference,
  { manifest, labels }: ProfiledAnew,
): string {
  const { files: own, joins } = manifest;
  const files = { manifest: own, labels: labels?.files ?? null, ...(joins && { joins }) };
  return fingerprint({ monitor, reference: pin.fingerprint, window: due.window, ...files });
}

const NOTHING = { pin: null, reference: null, landed: null, profileFile: null };

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
