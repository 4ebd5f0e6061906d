/** Shapes of well-known secrets, whatever their value. */
const SHAPES: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g,
  /\bxox[a-z]-[A-Za-z0-9-]{8,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{16,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{16,}/g,
  /\bAKIA[A-Z0-9]{12,}/g,
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];
/** A shorter value would take harmless text along. */
const SHORTEST = 6;

/** The text without these values and without what looks like a secret. */
export function redact(text: string, values: readonly string[]): string {
  const known = values.filter((value) => value.length >= SHORTEST);
  // The longest first: one value may be the beginning of another.
  known.sort((a, b) => b.length - a.length);
  const hidden = known.reduce((rest, value) => rest.replaceAll(value, '[redacted]'), text);
  return SHAPES.reduce((rest, shape) => rest.replace(shape, '[redacted]'), hidden);
}

/** What is kept of a stream: its first and its last bytes. */
export interface Kept {
  push(chunk: Buffer): void;
  /** Redacted; the middle is cut out where it was longer than `bytes`. */
  text(values: readonly string[]): string;
}

/** A secret that lies across a cut is seen whole, as long as it is shorter than this. */
const OVERLAP = 4_096;

/** Keeps at most `bytes` of a stream, half of them from its beginning. */
export function keep(bytes: number): Kept {
  const half = Math.floor(bytes / 2);
  let first = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  let total = 0;
  return {
    push(chunk) {
      total += chunk.length;
      const room = half + OVERLAP - first.length;
      if (room > 0) first = Buffer.concat([first, chunk.subarray(0, room)]);
      last = Buffer.concat([last, chunk]).subarray(-(half + OVERLAP));
    },
    text(values) {
      const overlap = first.length + last.length - total;
      if (overlap >= 0) {
        const whole = Buffer.concat([first, last.subarray(overlap)]).toString('utf8');
        const text = redact(whole, values);
        return text.length <= bytes ? text : cut(text, text, half);
      }
      const [head, tail] = [first, last].map((part) => redact(part.toString('utf8'), values));
      return cut(head ?? '', tail ?? '', half);
    },
  };
}

function cut(head: string, tail: string, half: number): string {
  return `${head.slice(0, half)}\n… cut …\n${tail.slice(-half)}`;
}
