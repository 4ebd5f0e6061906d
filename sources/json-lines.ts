import { Transform } from 'node:stream';

const [QUOTE, BACKSLASH, NEWLINE, RETURN, COMMA, SPACE] = [34, 92, 10, 13, 44, 32];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [91, 93, 123, 125];

/**
 * A JSON array of objects as one object a line; objects a line stay as they are. Only what stands
 * between the objects is looked at, so that however long the text, a little of it is in memory.
 * What is no object is left for the reader of the lines to refuse.
 */
export function jsonLines(): Transform {
  let [depth, inText, escaped, isList, hasBegun] = [0, false, false, false, false];
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const out = Buffer.allocUnsafe(chunk.length * 2);
      let length = 0;
      const put = (byte: number) => (out[length++] = byte);
      for (const byte of chunk) {
        if (inText) {
          put(byte);
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inText = false;
          continue;
        }
        if (!hasBegun && byte > SPACE) {
          hasBegun = true;
          isList = byte === OPEN_LIST;
          if (isList) continue;
        }
        // Between the objects of the list.
        if (depth === 0 && isList && (byte === COMMA || byte === CLOSE_LIST)) {
          put(NEWLINE);
          continue;
        }
        if (byte === QUOTE) inText = true;
        else if (byte === OPEN || byte === OPEN_LIST) depth++;
        else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
        const isBreak = byte === NEWLINE || byte === RETURN;
        put(isBreak && (depth > 0 || isList) ? SPACE : byte);
      }
      done(null, out.subarray(0, length));
    },
    flush(done) {
      done(null, hasBegun ? '\n' : '');
    },
  });
}
