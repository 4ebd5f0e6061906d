import { proxySinks } from '@temporalio/workflow';
import type { Sinks, WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** What the loops do, as a replay sees it: activity type and arguments, in order. */
export interface EffectSinks extends Sinks {
  effects: { scheduled(activity: string, args: unknown[]): void };
}

const { effects } = proxySinks<EffectSinks>();

/** Reports every activity that a workflow schedules; a worker without the sink ignores it. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => {
        effects.scheduled(input.activityType, input.args);
        return next(input);
      },
    },
  ],
});
