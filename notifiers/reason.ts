/** The longest answer of a server that is worth repeating. */
const longest = 200;
/** A shorter value would take harmless text along. */
const shortest = 4;

/**
 * Words of a server made fit for a reason: one line, short, without these secrets (as they are, in
 * base64 and percent-encoded).
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
    ])
    .sort((a, b) => b.length - a.length);
  const hidden = forms.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text);
  const line = hidden.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** Milliseconds that `Retry-After` asks for (seconds or an HTTP date); null: it says nothing. */
export function retryAfterOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** What a channel that says "too many" without saying for how long is given, in ms. */
export const quietAfterTooMany = 30_000;

/** How long one attempt may take, in ms. */
export const attemptLimit = 10_000;

/** Codes of the errors of a server whose certificate is not to be trusted: it will not change. */
export function isCertificateFault(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|HOSTNAME_MISMATCH/.test(code);
}

/** The `code` of an error or of the error behind it; '' for none. */
export function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    at = at.cause;
  }
  return '';
}

const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EDNS|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)/;

/** Codes that only come before anything was sent. */
export function isNeverSent(code: string): boolean {
  return neverSent.test(code);
}
