import type { Delivered } from '../domain/notice.js';
import { AddressError } from './mail.js';
import { isCertificateFault } from './reason.js';

/** How far an attempt came. */
export interface MailProgress {
  /** The whole message went out; only its answer is missing. */
  handedOver: boolean;
}

interface MailFault {
  message: string;
  code: string;
  originalCode: string;
  command: string;
  response: string;
  /** true: would say no again; false: may say yes later; null: the server said nothing. */
  permanent: boolean | null;
  responseCode: number | null;
}

/**
 * What a failed attempt means. The server's own no counts first; a certificate that is not to be
 * trusted and a missing STARTTLS do not heal by themselves; a connection that is lost after the
 * message went out leaves open whether it arrived.
 */
export function mailFailure(error: unknown, progress: MailProgress): Delivered {
  if (error instanceof AddressError)
    return { outcome: 'refused', reason: `email: ${error.message}` };
  const fault = faultOf(error);
  const reason = `email: ${wordsOf(fault)}`;
  if (fault.permanent === true || lasting.has(fault.code)) return { outcome: 'refused', reason };
  if (fault.permanent === false) return { outcome: 'failed', reason, retryAfter: null };
  const certificate = [fault.originalCode, fault.code, fault.message].some(isUntrusted);
  if (certificate) {
    const words = `the server's certificate is not trusted (${fault.originalCode || fault.message})`;
    return { outcome: 'refused', reason: `email: ${words}` };
  }
  if (progress.handedOver) {
    const words = 'the connection ended before the server answered the message';
    return { outcome: 'doubtful', reason: `email: ${words}` };
  }
  return { outcome: 'failed', reason, retryAfter: null };
}

/** No TLS where it is required, no way to log in, an envelope or a message that cannot be. */
const lasting = new Set(['ETLS', 'ENOAUTH', 'EOAUTH2', 'EMAXLIMIT', 'EMAXRECIPIENTS', 'ECONFIG']);

function isUntrusted(text: string): boolean {
  return isCertificateFault(text) || /certificate/i.test(text);
}

function faultOf(error: unknown): MailFault {
  const of = (error instanceof Error ? error : new Error(String(error))) as Error &
    Partial<Record<string, unknown>>;
  const text = (name: string): string => (typeof of[name] === 'string' ? of[name] : '');
  return {
    message: of.message,
    code: text('code'),
    originalCode: text('originalCode'),
    command: text('command'),
    response: text('response'),
    permanent: typeof of['permanent'] === 'boolean' ? of['permanent'] : null,
    responseCode: typeof of['responseCode'] === 'number' ? of['responseCode'] : null,
  };
}

function wordsOf(fault: MailFault): string {
  if (fault.code === 'EABORT') return 'the server did not answer in time';
  if (fault.code === 'ETLS') return 'the server offers no TLS, and nothing is sent in clear';
  if (fault.response !== '') {
    return `${fault.command === '' ? '' : `${fault.command} was answered: `}${fault.response}`;
  }
  return [fault.originalCode || fault.code, fault.message].filter(Boolean).join(': ');
}
