import { parseInstant } from '../calendar/durations.js';
import { checks } from '../checks/index.js';
import { nameOfCheck } from '../checks/questions.js';
import { findingId, refusal } from '../domain/accepted.js';
import type { Finding } from '../domain/finding.js';
import type { AcceptedLevel, Effect } from '../domain/level.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evaluation } from '../domain/run.js';
import { iso, type Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import type { App } from './app.js';
import { checkModel } from './check.js';
import { UsageError } from './errors.js';
import { loadModel, type LoadedModel } from './load.js';
import { recordAct } from './model-record.js';

export interface AcceptInput {
  /** As `check` and `alerts show` print it. */
  finding: string;
  effect: Effect;
  /** A date or an instant, in the zone of the model's windows. */
  until: string;
  reason: string;
  by: string;
}

const SHAPE = /^([^@/]+)@([^/]+)\/(.+)$/;
const EXAMPLE = 'churn@2026-11-22T00:00:00Z/psi/amount';

/**
 * Accepts the level that a finding tells of: from its window on, until an instant, that window is
 * what the target is compared with. A repeat changes nothing and gives the level that stands.
 * `timezone`: of the model's windows.
 * UsageError for a finding that there is not, and for one that no level answers, as performance.
 */
export async function acceptFinding(
  app: App,
  input: AcceptInput,
): Promise<{ level: AcceptedLevel; isNew: boolean; timezone: string }> {
  const [, id = '', ending = ''] = SHAPE.exec(input.finding) ?? [];
  if (id === '') {
    throw new UsageError(`Expected a finding as ${EXAMPLE}, got "${input.finding}".`);
  }
  if (input.reason.trim() === '') throw new UsageError('--reason: say why, others will read it.');
  const model = await loadModel(app, id);
  const { timezone } = model.published.monitor.windows;
  const at = app.clock();
  const until = instantOf(input.until, timezone, '--until');
  if (until <= at) {
    const now = inZone(at, timezone);
    throw new UsageError(`--until: expected an instant after ${now}, got "${input.until}".`);
  }
  const end = instantOf(ending, timezone, 'finding');
  const named = `${id}@${iso(end)}${input.finding.slice(id.length + 1 + ending.length)}`;
  // Before the window is looked at: measured by its own level it has nothing to accept any more.
  const known = (await app.lake.acceptedOf(id)).find(({ finding }) => finding === named);
  if (known !== undefined) {
    await audit(app, known, timezone);
    return { level: known, isNew: false, timezone };
  }
  const { findings, levels } = await evaluated(app, model, end);
  const finding = find(findings, { named, model });
  const level: AcceptedLevel = {
    version: 1,
    finding: findingId(id, finding),
    model: id,
    ...{ check: finding.check, target: finding.target, slice: finding.slice },
    ...{ effect: input.effect, by: input.by, reason: input.reason, at },
    ...{ from: finding.window.start, until },
    levels: levels.map((profile) => only(profile, finding.target)),
  };
  const stands = await app.lake.putAccepted(level);
  await audit(app, stands, timezone);
  return { level: stands, isNew: stands === level, timezone };
}

/**
 * The findings whose level a person is offered to accept; `specs`: the checks of their monitor. A
 * broken rule (another type, all null, no prediction) is a fault first: accepting it has to be
 * somebody's own idea.
 */
export function acceptable(
  findings: readonly Finding[],
  specs: readonly CheckSpec[] = [],
): Finding[] {
  return findings.filter((finding) => {
    const over = overOf(finding, specs);
    return finding.hard === null && over !== null && refusal(finding, over) === null;
  });
}

function overOf({ check }: Finding, specs: readonly CheckSpec[]) {
  const name = specs.find((spec) => nameOfCheck(spec) === check)?.check ?? check;
  return checks.find((one) => one.name === name)?.over ?? null;
}

function instantOf(text: string, timezone: string, what: string): Instant {
  try {
    return parseInstant(text, timezone);
  } catch (error) {
    throw new UsageError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Found {
  findings: readonly Finding[];
  /** The window's rows, and those of its slices. */
  levels: readonly Profile[];
}

/** What is committed of the window that ends then; else it is evaluated here. */
async function evaluated(app: App, model: LoadedModel, end: Instant): Promise<Found> {
  const commit = await app.lake.commitOf(model.id, end);
  if (commit !== null && commit.file !== '') {
    const { findings, slices } = await app.lake.readEvaluation(commit.file);
    return foundIn({ findings, slices, profile: await app.lake.profileOf(commit) });
  }
  const checked = await checkModel(app, { model, asOf: end, span: null, exact: 'grid' });
  if (checked.window.end !== end) {
    const { timezone } = model.published.monitor.windows;
    const [given, last] = [end, checked.window.end].map((instant) => inZone(instant, timezone));
    throw new UsageError(
      `No window of "${model.id}" ends at ${given}; the last one before it at ${last}.`,
    );
  }
  return foundIn(checked.evaluated.evaluation);
}

function foundIn({
  findings,
  profile,
  slices,
}: Pick<Evaluation, 'findings' | 'profile' | 'slices'>): Found {
  return { findings, levels: profile === null ? [] : [profile, ...slices] };
}

function find(
  findings: readonly Finding[],
  { named, model }: { named: string; model: LoadedModel },
): Finding {
  const specs = model.published.monitor.checks;
  const found = findings.find((one) => findingId(model.id, one) === named);
  if (found === undefined) {
    const known = acceptable(findings, specs).map((one) => findingId(model.id, one));
    const list = known.length === 0 ? 'Nothing is off in this window.' : known.join('\n ');
    throw new UsageError(`No finding "${named}". Those that can be accepted:\n ${list}`);
  }
  const over = overOf(found, specs);
  const why = over === null ? `${found.check} is no check any more` : refusal(found, over);
  if (why !== null) throw new UsageError(`${named} cannot be accepted: ${why}.`);
  return found;
}

/** A profile with what is compared of one target. */
function only(profile: Profile, target: string): Profile {
  const counts = profile.columns[target];
  const type = profile.types[target];
  return {
    ...profile,
    types: type === undefined ? {} : { [target]: type },
    columns: counts === undefined ? {} : { [target]: counts },
    outcomes: target === 'prediction' ? profile.outcomes : null,
  };
}

/** One line in the model's history; a repeat finds it. */
function audit(app: App, level: AcceptedLevel, timezone: string): Promise<void> {
  return recordAct(app, level.model, {
    ...{ by: level.by, at: level.at, action: 'accept', subject: level.finding, repeat: 'once' },
    reason: `${level.effect} until ${inZone(level.until, timezone)}: ${level.reason}`,
  });
}
