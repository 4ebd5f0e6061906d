import { SourceError } from '../domain/source.js';

/** What went wrong, by the class of the server's code; its own words may hold values of rows. */
const CLASSES: Readonly<Record<string, string>> = {
  '08': 'the connection broke',
  '22': 'a value cannot be computed by the query',
  '25': 'the query writes; expected one select that only reads',
  '28': 'the server refuses the user or the password',
  '3D': 'the server has no such database',
  '53': 'the server has too few resources, as connections or memory',
  '57': 'the server stopped the query',
  '58': 'the server has trouble with its own system',
};

interface Given {
  named: string;
  /** How long one query may take, in words. */
  limit: string;
}

/**
 * An error of the driver or the server, without address, user, password or value of a row; one that
 * is of neither as it is.
 */
export function saidOf(error: unknown, { named, limit }: Given): unknown {
  if (error instanceof SourceError) return error;
  const { code, message } = codeOf(error);
  const say = (problem: string): SourceError => new SourceError(named, null, problem);
  if (code === '57014') {
    return say(`it took longer than ${limit}; expected less, or a longer timeout:`);
  }
  // These are about the words of the query: names of tables and columns, and no value.
  if (/^(42|0A)/.test(code)) return say(`the query is refused (${code}): ${message}`);
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const told = CLASSES[code.slice(0, 2)] ?? 'the server refuses the query';
    return say(`${told} (${code})`);
  }
  if (/certificate|self.signed|altname/i.test(`${code} ${message}`)) {
    return say(`its certificate is not trusted (${code || 'TLS'}); see sslrootcert, sslmode`);
  }
  if (/does not support SSL/i.test(message)) {
    return say('the server has no TLS; expected it, or sslmode=disable in its url');
  }
  if (!/^E[A-Z_]+$/.test(code) && !/connection|timeout|socket/i.test(message)) return error;
  return say(`it cannot be reached (${code || 'the connection broke'}); is the server up?`);
}

function codeOf(error: unknown): { code: string; message: string } {
  const { code, message, errors } = error as {
    code?: unknown;
    message?: unknown;
    errors?: readonly unknown[];
  };
  // A name with several addresses fails once for each.
  if (typeof code !== 'string' && errors?.[0] !== undefined) return codeOf(errors[0]);
  return { code: typeof code === 'string' ? code : '', message: String(message ?? error) };
}
