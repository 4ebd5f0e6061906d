import { byColumn } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import { marksOfLevels } from '../domain/accepted.js';
import type { AdviceInput } from '../domain/advising/input.js';
import { COUNTING } from '../domain/advising/mistakes.js';
import { isBroken } from '../domain/advising/broken.js';
import { adviceMark, advise } from '../domain/advising/rules.js';
import type { Advice, AdviceMark } from '../domain/advice.js';
import type { Finding, Mark } from '../domain/finding.js';
import type { ModelHead } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { RetrainHead } from '../domain/request.js';
import { retrainFacts, upgradeRetrainState } from '../domain/requests/state.js';
import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import { modelHead, publishedOf, watchedHead, type Deps, type Measuring } from './deps.js';
import type { Evaluated } from './evaluate.js';
import { trainedOf } from './trained.js';
import { verificationOf } from './verified.js';

const MOST_MATURE = 10;
/** Windows that are looked at for them: a source without labels for so long has none. */
const MOST_LOOKED_AT = 90;

/** The evidence document, stored by its hash: the advice, and all that it was made from. */
export interface AdviceEvidence {
  advice: Advice;
  input: AdviceInput;
  run: string;
  monitor: string;
  reference: string | null;
}

/**
 * The answer for the newest window after a pass: gathers the evidence, stores it by its hash,
 * shows it in the model's head and hands it to the retrain entity where that has to know. A
 * repeat stores the same document and is dropped by the entity.
 */
export async function adviseModel(deps: Deps, model: string): Promise<AdviceMark | null> {
  const head = await deps.lake.readHead<ModelHead>(modelHead(model));
  if (head === null) return null;
  const { monitor, retraining } = await publishedOf(deps, head.monitor);
  const [newest] = await deps.lake.newest(model, 1);
  if (newest === undefined) return null;
  const mature = await matureOf(deps, monitor);
  const retrain = await deps.lake.readEntityHead<RetrainHead>(`retrain/${model}`);
  const input = await gather(deps, { monitor, newest, mature, retrain });
  const { mark, evidence } = await storeAdvice(deps, { input, monitor, commit: newest });
  const reason = evidence.advice.reasons[0]?.text ?? '';
  await deps.lake.updateHead<ModelHead>(modelHead(model), (old) => ({
    ...(old ?? head),
    advice: { mark, reason },
  }));
  if ((await watchedHead(deps, model)) === null) return mark;
  if (retraining !== null && (mark.action === 'retrain' || retrain !== null)) {
    const id = `${mark.windowEnd}/${mark.revision}/${mark.evidence.slice(0, 16)}`;
    await deps.entities.tellRetrain(model, {
      type: 'advice',
      id,
      advice: mark,
      rules: head.monitor,
    });
  }
  const verified = retrain && (await verificationOf(deps, { retrain, mature }));
  if (verified !== null) await deps.entities.tellRetrain(model, verified);
  return mark;
}

/** Puts the evidence into the lake and names it; the same input gives the same fingerprint. */
async function storeAdvice(
  deps: Pick<Deps, 'lake'>,
  from: { input: AdviceInput; monitor: Monitor; commit: Commit },
): Promise<{ mark: AdviceMark; evidence: AdviceEvidence }> {
  const advice = advise(from.input);
  const { run, monitor, reference, revision } = from.commit;
  const evidence = { advice, input: from.input, run, monitor, reference };
  const hash = await deps.lake.putObject('evidence', evidence);
  return { mark: adviceMark(advice, { input: from.input, revision, evidence: hash }), evidence };
}

async function gather(
  deps: Measuring,
  from: {
    monitor: Monitor;
    newest: Commit | null;
    mature: readonly Commit[];
    retrain: RetrainHead | null;
  },
): Promise<AdviceInput> {
  const { monitor, newest, retrain } = from;
  const known = [...from.mature].reverse();
  const mature = known.slice(0, MOST_MATURE);
  const facts = retrainFacts(retrain && upgradeRetrainState(retrain));
  const older =
    monitor.retraining?.cost?.rule === 'cumulative'
      ? await countedIn(deps, known.slice(MOST_MATURE), facts.lastSucceededAt ?? 0)
      : null;
  const broken = await brokenIn(deps, known.slice(MOST_MATURE), monitor);
  const levels = await deps.lake.acceptedOf(monitor.model.id);
  const trained = await trainedOf(deps, monitor, deps.clock());
  const findingsOf = async (commit: Commit): Promise<readonly Finding[]> =>
    (await deps.lake.readEvaluation(commit.file)).findings;
  return {
    model: monitor.model.id,
    at: deps.clock(),
    timezone: monitor.windows.timezone,
    window: newest?.window.end ?? 0,
    findings: newest === null ? [] : await findingsOf(newest),
    mature: await Promise.all(mature.map(findingsOf)),
    policy: monitor.retraining,
    accepted: newest === null ? [] : marksOfLevels(levels, newest.window),
    retrain: facts,
    ...(older === null ? {} : { older }),
    ...(broken.length === 0 ? {} : { broken }),
    importances: importancesOf(monitor),
    ...(trained === null ? {} : { trained }),
  };
}

/** The windows whose labels have come, however many came after them; oldest first. */
async function matureOf(
  { lake, clock }: Pick<Measuring, 'lake' | 'clock'>,
  { model, labels }: Monitor,
  before = Infinity,
): Promise<Commit[]> {
  if (labels === null) return [];
  const to = Math.min(before, clock() - labels.matureAfter);
  const commits = await lake.newest(model.id, MOST_LOOKED_AT, { to });
  return commits.filter(({ mature }) => mature);
}

/** What counts right and wrong classes in windows that end after an instant. */
async function countedIn(
  { lake }: Pick<Measuring, 'lake'>,
  commits: readonly Commit[],
  since: Instant,
): Promise<Finding[][]> {
  const files = commits.filter(({ window }) => window.end > since).map(({ file }) => file);
  const found = await lake.findingsBy(files, COUNTING);
  return [...found.values()].map((findings) => findings.filter(isWhole));
}

/** What says that a column of these windows is broken; only windows that alerted are read. */
async function brokenIn(
  { lake }: Pick<Measuring, 'lake'>,
  commits: readonly Commit[],
  monitor: Monitor,
): Promise<Finding[]> {
  const isBad = ({ category, verdict }: Mark): boolean =>
    category === 'data-quality' && verdict === 'alert';
  const bad = commits.filter(({ file, marks }) => file !== '' && marks.some(isBad));
  if (bad.length === 0) return [];
  const checks = new Set(bad.flatMap(({ marks }) => marks.filter(isBad).map(({ check }) => check)));
  const found = await lake.findingsBy(
    bad.map(({ file }) => file),
    [...checks].sort(),
  );
  const importances = importancesOf(monitor);
  return [...found.values()].flat().filter((finding) => isBroken(finding, { importances }));
}

/** What to advise on an evaluation that is not committed, with the mature windows before it. */
export async function adviceInputOn(
  deps: Measuring,
  from: { monitor: Monitor; evaluated: Evaluated; at: Instant },
): Promise<AdviceInput> {
  const { monitor, evaluated, at } = from;
  const { evaluation, mature } = evaluated;
  const { id } = monitor.model;
  const before = await matureOf(deps, monitor, evaluation.window.start);
  const retrain = await deps.lake.readEntityHead<RetrainHead>(`retrain/${id}`);
  const input = await gather(deps, { monitor, newest: null, mature: before, retrain });
  return {
    ...input,
    at,
    window: evaluation.window.end,
    findings: evaluation.findings,
    accepted: marksOfLevels(await deps.lake.acceptedOf(id), evaluation.window),
    mature: [...(mature ? [evaluation.findings] : []), ...input.mature],
  };
}

/** Column → importance, as the monitor says. */
function importancesOf(monitor: Monitor): Record<string, number | null> {
  const { overrides } = monitor.columns.features;
  return byColumn(
    Object.entries(overrides).map(([column, { importance }]) => [column, importance]),
  );
}
