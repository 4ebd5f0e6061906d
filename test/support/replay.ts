import { defaultPayloadConverter } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { InjectedSinks, WorkflowBundleOption } from '@temporalio/worker';
import type { EffectSinks } from './record-effects.js';

export interface RecordedHistory {
  workflowId: string;
  history: unknown;
}

export interface Replayed {
  workflowId: string;
  error: Error | undefined;
  /** What the replay would do: `[activity type, arguments]`, in order. */
  replayed: readonly (readonly [string, unknown[]])[];
  /** What the history says was done. */
  recorded: readonly (readonly [string, unknown[]])[];
}

interface EventJson {
  activityTaskScheduledEventAttributes?: {
    activityType: { name: string };
    input?: { payloads: { metadata: Record<string, string>; data: string }[] };
  };
}

/** Activities that a history (JSON) holds, decoded. */
export function effectsOf(history: unknown): [string, unknown[]][] {
  const { events } = history as { events: EventJson[] };
  return events.flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled === undefined) return [];
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
    const args = (scheduled.input?.payloads ?? []).map(({ metadata, data }) =>
      defaultPayloadConverter.fromPayload({
        metadata: Object.fromEntries(
          Object.entries(metadata).map(([name, value]) => [name, bytes(value)]),
        ),
        data: bytes(data),
      }),
    );
    return [[scheduled.activityType.name, args] as [string, unknown[]]];
  });
}

/** Replays histories one after another and says what each would do. */
export async function replayAll(
  workflowBundle: WorkflowBundleOption,
  histories: readonly RecordedHistory[],
): Promise<Replayed[]> {
  const results: Replayed[] = [];
  for (const { workflowId, history } of histories) {
    const replayed: [string, unknown[]][] = [];
    const sinks: InjectedSinks<EffectSinks> = {
      effects: {
        scheduled: {
          callDuringReplay: true,
          fn: (_info, activity, args) => void replayed.push([activity, args]),
        },
      },
    };
    const error = await replayOne({ workflowBundle, sinks }, { workflowId, history });
    results.push({ workflowId, error, replayed, recorded: effectsOf(history) });
  }
  return results;
}

async function replayOne(
  options: Parameters<typeof Worker.runReplayHistory>[0],
  { workflowId, history }: RecordedHistory,
): Promise<Error | undefined> {
  try {
    await Worker.runReplayHistory(options, history, workflowId);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Every history of a namespace, all runs, as JSON. */
export async function historiesOf(client: Client): Promise<RecordedHistory[]> {
  const all: RecordedHistory[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    all.push({ workflowId, history: JSON.parse(historyToJSON(history)) as unknown });
  }
  return all;
}
