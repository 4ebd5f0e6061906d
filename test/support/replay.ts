import { hostname } from 'node:os';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { InjectedSinks, WorkflowBundleOption } from '@temporalio/worker';
import { format } from 'oxfmt';
import './quiet.js';
import type { EffectSinks } from './record-effects.js';

export interface RecordedHistory {
  workflowId: string;
  history: History;
}

export interface Replayed {
  workflowId: string;
  error: Error | undefined;
  /** What the replay would do: `[activity type, arguments]`, in order. */
  replayed: readonly (readonly [string, unknown[]])[];
  /** What the history says was done. */
  recorded: readonly (readonly [string, unknown[]])[];
}

/** The activities that a history holds, with their arguments, in order. */
function effectsOf(history: History): [string, unknown[]][] {
  return (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
    if (scheduled == null) return [];
    const args = (scheduled.input?.payloads ?? []).map((payload) =>
      defaultPayloadConverter.fromPayload(payload),
    );
    return [[scheduled.activityType?.name ?? '', args] as [string, unknown[]]];
  });
}

/** Replays histories one after another and says what each would do. */
export async function replayAll(
  workflowBundle: WorkflowBundleOption,
  histories: readonly RecordedHistory[],
): Promise<Replayed[]> {
  const seen = new Map<string, [string, unknown[]][]>();
  const sinks: InjectedSinks<EffectSinks> = {
    effects: {
      scheduled: {
        callDuringReplay: true,
        fn: ({ runId }, activity, args) => {
          seen.set(runId, [...(seen.get(runId) ?? []), [activity, args]]);
        },
      },
    },
  };
  const results: Replayed[] = [];
  const replays = Worker.runReplayHistories({ workflowBundle, sinks }, histories);
  for await (const { workflowId, runId, error } of replays) {
    const one = histories.find(({ history }) => runIdOf(history) === runId);
    if (one === undefined) throw new Error(`nobody asked to replay ${workflowId} ${runId}`);
    results.push({
      workflowId,
      error,
      replayed: seen.get(runId) ?? [],
      recorded: effectsOf(one.history),
    });
  }
  return results;
}

/** The run that a history is of. */
function runIdOf(history: History): string {
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return started?.originalExecutionRunId ?? '';
}

/** When a run began, in epoch milliseconds. */
export function startOfRun(history: History): number {
  const time = history.events?.[0]?.eventTime;
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
}

/** Every history of a namespace, all runs. */
export async function historiesOf(client: Client): Promise<RecordedHistory[]> {
  const all: RecordedHistory[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    all.push({ workflowId, history });
  }
  return all;
}

/** A history as a file keeps it: without the names of the machine that recorded it. */
export async function toText({ workflowId, history }: RecordedHistory): Promise<string> {
  const text = JSON.stringify({
    workflowId,
    history: JSON.parse(historyToJSON(history)) as unknown,
  });
  const nameless = text
    .replaceAll(`${process.pid}@${hostname()}`, 'recorder')
    .replaceAll(/"stackTrace":"(?:[^"\\]|\\.)*"/g, '"stackTrace":""');
  return (await format('history.json', nameless, { printWidth: 100 })).code;
}

/** The opposite of `toText`. */
export function fromText(text: string): RecordedHistory {
  const { workflowId, history } = JSON.parse(text) as { workflowId: string; history: unknown };
  return { workflowId, history: historyFromJSON(history) };
}
