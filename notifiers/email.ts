import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import type { Delivered, Notice, Notifier, Target } from '../domain/notice.js';
import { mailOf } from './mail.js';
import { mailFailure, type MailProgress } from './mail-outcome.js';
import { attemptLimit, withoutSecrets } from './reason.js';

/** The way to one mail server. */
export interface EmailOptions {
  /**
   * `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS from the start). TLS is required
   * but to this machine itself; `?requireTLS=true` and `?requireTLS=false` say otherwise.
   */
  smtpUrl: string;
  /** Sender, as `Aftercare <aftercare@example.com>`; its host names the messages. */
  from: string;
  /** Certificates of the authorities to trust, PEM; absent: those of Node. */
  ca?: string;
  /** How long one attempt may take, in ms. Default 10 s. */
  limit?: number;
}

/** Throws a TypeError for a URL that is none; it never repeats the URL. */
export function emailNotifier(options: EmailOptions): Notifier {
  const server = serverOf(options);
  const secrets = [server.auth?.user ?? '', server.auth?.pass ?? ''];
  return {
    channel: 'email',
    async send(target, notice) {
      const delivered = await attempt({ options, server, target, notice });
      return 'reason' in delivered
        ? { ...delivered, reason: withoutSecrets(delivered.reason, secrets) }
        : delivered;
    },
  };
}

interface Attempt {
  options: EmailOptions;
  server: SMTPTransportOptions;
  target: Target;
  notice: Notice;
}

async function attempt({ options, server, target, notice }: Attempt): Promise<Delivered> {
  if (notice.form === 'edit') {
    return { outcome: 'refused', reason: 'email: a mail that was sent cannot be changed' };
  }
  const progress: MailProgress = { handedOver: false };
  const signal = AbortSignal.timeout(options.limit ?? attemptLimit);
  try {
    const transport = createTransport({ ...server, logger: watcherOf(progress) });
    const info = await transport.sendMail({ ...mailOf(target, notice, options.from), signal });
    // The answer to the message is the only trace of it that the server gives.
    return { outcome: 'sent', ref: info.messageId, refused: info.rejected.map(String) };
  } catch (error) {
    return mailFailure(error, progress);
  }
}

/** A logger that only notes when the server was handed the message: from then on a lost connection
 * leaves open whether it arrived. */
function watcherOf(progress: MailProgress): NonNullable<SMTPTransportOptions['logger']> {
  const silent = (): void => undefined;
  const note = (entry: unknown): void => {
    const isMessage =
      typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'message';
    if (isMessage) progress.handedOver = true;
  };
  return { trace: silent, debug: note, info: note, warn: silent, error: silent, fatal: silent };
}

function serverOf(options: EmailOptions): SMTPTransportOptions {
  const url = URL.canParse(options.smtpUrl) ? new URL(options.smtpUrl) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new TypeError(
      'the mail server: expected smtp://user:password@host:port or smtps://…, got something else',
    );
  }
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const asked = url.searchParams.get('requireTLS');
  const limit = options.limit ?? attemptLimit;
  const requireTLS = !secure && (asked === null ? !isThisMachine(host) : asked === 'true');
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: limit,
    greetingTimeout: limit,
    socketTimeout: limit,
    ...(url.username === ''
      ? {}
      : {
          auth: {
            user: decodeURIComponent(url.username),
            pass: decodeURIComponent(url.password),
          },
        }),
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
