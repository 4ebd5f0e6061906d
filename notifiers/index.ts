import type { Notifier, Target } from '../domain/notice.js';
import { emailNotifier } from './email.js';
import type { AllowPrivate } from './network-guard.js';
import { outboxNotifier } from './outbox.js';
import { slackNotifier } from './slack.js';
import { webhookNotifier, type Webhook } from './webhook.js';

/** What an installation says about its channels: a part of its settings. */
export interface ChannelSettings {
  /** Without a server mails are files of the outbox. */
  mail: { smtpUrl: string | null; from: string; outbox: string };
  /** Without a token there is no Slack. */
  slack: { token: string | null; apiUrl: string | null };
  webhooks: { allowPrivate: AllowPrivate };
}

/** How people hear: the notifier of each channel; null: it is not configured. */
export type Notifiers = Readonly<Record<Target['channel'], Notifier | null>>;

/**
 * The channels that there are. `webhook` gives a webhook of teams.yaml by its name, with its
 * secrets resolved; without it no webhook is called. TypeError for a mail server's bad URL.
 */
export function createNotifiers(
  settings: ChannelSettings,
  webhook?: (name: string) => Promise<Webhook | null>,
): Notifiers {
  const { mail, slack, webhooks } = settings;
  return {
    email:
      mail.smtpUrl === null
        ? outboxNotifier({ folder: mail.outbox, from: mail.from })
        : emailNotifier({ smtpUrl: mail.smtpUrl, from: mail.from }),
    slack:
      slack.token === null ? null : slackNotifier({ token: slack.token, apiUrl: slack.apiUrl }),
    webhook:
      webhook === undefined
        ? null
        : webhookNotifier({ webhook, allowPrivate: webhooks.allowPrivate }),
  };
}
