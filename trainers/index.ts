import type { Trainer, TriggerSpec } from '../domain/retraining.js';
import { createCommandTrainer } from './command.js';
import { createHttpTrainer } from './http.js';

/** What one installation gives to its trainers. */
export interface TrainerSettings {
  /** Folder of all runs of commands: `<state>/trainings`. */
  trainings: string;
  /** Where the values of a command's `env` names come from. */
  environment: Readonly<Record<string, string | undefined>>;
  /** `env:NAME` or `file:PATH` → value; anything else as it is. Its errors name no value. */
  resolve: (reference: string) => string;
  /** http, loopback and private networks are allowed. */
  allowPrivate: boolean;
  /** ms since 1970, for signatures. */
  clock: () => number;
}

/** The trainer that a monitor names. Kinds: command, http. */
export function createTrainer(trigger: TriggerSpec, settings: TrainerSettings): Trainer {
  const { resolve, allowPrivate, clock, trainings, environment } = settings;
  switch (trigger.kind) {
    case 'command':
      return createCommandTrainer({ trigger, trainings, environment });
    case 'http': {
      const secret = trigger.secret === null ? null : resolve(trigger.secret);
      const poll = trigger.poll && { ...trigger.poll, url: resolve(trigger.poll.url) };
      const resolved = { ...trigger, url: resolve(trigger.url), secret, poll };
      return createHttpTrainer({ trigger: resolved, allowPrivate, clock });
    }
  }
}
