import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { connectWorkers, runWorkers } from '../../workers/run.js';
import { decideCounter, killRules } from './counter.js';
import type { CounterEffect, CounterEvent, CounterState } from './counter.js';
import { activitiesOf } from './worker.js';

/** What the process that is killed works with: its only argument, as JSON. */
export interface KillWorkerInput {
  address: string;
  namespace: string;
  codePath: string;
  folder: string;
}

const { address, namespace, codePath, folder } = JSON.parse(
  process.argv[2] ?? '{}',
) as KillWorkerInput;

const placeOf = async (workflowId: string): Promise<string> => {
  const place = join(folder, workflowId.replaceAll('/', '_'));
  await mkdir(place, { recursive: true });
  return place;
};

/** Put if absent; the same again is no news, another content is a conflict that the test finds. */
async function putOnce(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch {
    // A process that was killed in the middle leaves a part of the same text.
    const before = await readFile(path, 'utf8');
    if (before === text) return;
    if (!text.startsWith(before)) await writeFile(`${path}.conflict`, text);
    await writeFile(path, text);
  }
}

/** Sent, refused or lost: fixed for each try, so that any run can be compared. */
function fate(id: string): 'sent' | 'refused' | 'lost' {
  const share = createHash('sha256').update(id).digest().readUInt16BE(0) / 65_536;
  if (share < 0.2) return 'refused';
  return share < 0.34 ? 'lost' : 'sent';
}

const activities = activitiesOf({
  decide: (_id, state, happened) =>
    Promise.resolve(
      decideCounter(
        killRules,
        state as CounterState | null,
        happened as { event: CounterEvent | null; at: number },
      ),
    ),
  write: async (id, writes) => {
    const place = await placeOf(id);
    for (const one of writes as CounterEffect[]) {
      if (one.kind === 'decided') {
        await putOnce(join(place, `${one.sequence}.json`), JSON.stringify(one));
      } else if (one.kind === 'head') {
        const temporary = join(place, `head-${process.pid}-${one.sequence}`);
        await writeFile(temporary, JSON.stringify(one));
        await rename(temporary, join(place, 'head.json'));
      }
    }
  },
  attempt: async (id, effect) => {
    const { delivery, attempt } = effect as CounterEffect & { kind: 'notice' };
    const outcome = fate(`${id}/${delivery}/${attempt}`);
    await appendFile(join(folder, 'attempts.log'), `${id} ${delivery} ${attempt} ${outcome}\n`);
    if (outcome === 'lost') throw new Error('no answer');
    return { id: `${delivery}/${attempt}`, type: 'delivered', delivery, outcome };
  },
});

const workers = await runWorkers({
  connection: await connectWorkers({ address }),
  namespace,
  activities,
  queues: ['wf', 'io'],
  host: hostname(),
  bundle: { codePath },
});
process.stdout.write('ready\n');
await workers.done;
