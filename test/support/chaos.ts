import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import type { Deps } from '../../activities/deps.js';
import type { Notifier } from '../../domain/notice.js';

/** Where a process dies, once: at a side effect of an activity that works for one model. */
export interface Point {
  model: string;
  side: 'before' | 'after';
  /** Name of the activity: `evaluateWindow`, `tell`, `write`, … */
  activity: string;
  /** `commit`, `updateHead`, … of the lake, `tellAlert`, `send`, `start`, … */
  verb: string;
}

export interface ChaosOptions {
  points: readonly Point[];
  /** Marker files: a point that has one has killed already. */
  folder: string;
  /** Between the first point that is reached and the kill, ms: others may be reached meanwhile. */
  fuse: number;
}

/** Every verb of the lake that changes it. */
const lakeVerbs = new Set<string | symbol>([
  ...['putObject', 'writeEvaluation', 'putRows', 'commit', 'updateHead', 'putEntityHead'],
  ...['appendAudit', 'putDelivery', 'compact'],
]);

export function pointName({ side, activity, verb }: Point): string {
  return `${side} ${activity} ${verb}`;
}

/** The marker file of a point. */
export function markerOf(folder: string, point: Point): string {
  return join(folder, `${point.model} ${pointName(point)}`.replaceAll(' ', '_'));
}

/**
 * The same dependencies, but that the process is killed with SIGKILL at the points. What reached
 * its point stands still there until the process is dead.
 */
export function chaosDeps(deps: Deps, options: ChaosOptions): Deps {
  const around = chaos(options);
  const lake = new Proxy(deps.lake, {
    get(target, name) {
      const verb = Reflect.get(target, name) as unknown;
      if (!lakeVerbs.has(name) || typeof verb !== 'function') return verb;
      const call = verb as (...given: unknown[]) => Promise<unknown>;
      return (...given: unknown[]) => around(String(name), () => call(...given));
    },
  });
  return {
    ...deps,
    lake,
    entities: {
      // That a channel looks dead is told at any moment of a busy machine: no point of a story.
      tellAlert: (...given) =>
        given[1] === 'notify-health'
          ? deps.entities.tellAlert(...given)
          : around('tellAlert', () => deps.entities.tellAlert(...given)),
      tellRetrain: (...given) => around('tellRetrain', () => deps.entities.tellRetrain(...given)),
    },
    notifier: (channel) => {
      const notifier = deps.notifier(channel);
      if (notifier === null) return null;
      const send: Notifier['send'] = (...given) => around('send', () => notifier.send(...given));
      return { ...notifier, send };
    },
    trainer: (...given) => {
      const trainer = deps.trainer(...given);
      return { ...trainer, start: (request) => around('start', () => trainer.start(request)) };
    },
  };
}

function chaos({ points, folder, fuse }: ChaosOptions) {
  const isOpen = (point: Point): boolean => !existsSync(markerOf(folder, point));
  const isNext = (point: Point, at: { model: string; activity: string; verb: string }): boolean =>
    point.model === at.model &&
    point.activity === at.activity &&
    point.verb === at.verb &&
    isOpen(point);
  /** Models that have a point before them: once each stands at one, nothing more is waited for. */
  const open = new Set(points.filter(isOpen).map(({ model }) => model));
  const standing = new Set<string>();
  const kill = (): void => void process.kill(process.pid, 'SIGKILL');
  const die = (point: Point): Promise<never> => {
    writeFileSync(markerOf(folder, point), '');
    standing.add(point.model);
    if (fuse === 0 || standing.size === open.size) kill();
    setTimeout(kill, fuse);
    return new Promise(() => undefined);
  };
  return async <T>(verb: string, work: () => Promise<T>): Promise<T> => {
    const at = { ...whereabouts(), verb };
    const point = points.find((one) => isNext(one, at));
    if (point?.side === 'before') await die(point);
    const result = await work();
    if (point?.side === 'after') await die(point);
    return result;
  };
}

/** The activity that runs, and the model that it works for: the second part of its workflow. */
function whereabouts(): { activity: string; model: string } {
  const { activityType, workflowExecution } = activityInfo();
  const [, rest = ''] = workflowExecution?.workflowId.split('/') ?? [];
  return { activity: activityType, model: rest.replace(/-\d{4}-.*$/, '') };
}
