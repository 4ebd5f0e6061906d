import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A throw-away authority and a certificate of it for localhost and 127.0.0.1, as PEM. */
export interface Certificates {
  ca: string;
  key: string;
  cert: string;
}

let made: Certificates | null = null;

/** Made once in a process; valid from yesterday to tomorrow. */
export function certificates(): Certificates {
  made ??= make();
  return made;
}

function make(): Certificates {
  const authority = keyPair();
  const server = keyPair();
  const isAuthority = extension('551d13', sequence(Buffer.from([0x01, 0x01, 0xff])));
  const names = sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const signer = authority.privateKey;
  const ca = certificate({ of: authority, name: 'Throw-away CA', extensions: isAuthority, signer });
  const extensions = extension('551d11', names);
  const cert = certificate({ of: server, name: 'localhost', extensions, signer });
  const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca, key, cert };
}

interface Pair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

function keyPair(): Pair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

/** An X.509 v3 certificate (RFC 5280, section 4.1) of the throw-away authority. */
function certificate(of: {
  of: Pair;
  name: string;
  extensions: Buffer;
  signer: KeyObject;
}): string {
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const day = 86_400_000;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName('Throw-away CA'),
    sequence(time(Date.now() - day), time(Date.now() + day)),
    commonName(of.name),
    of.of.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(of.extensions)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, of.signer)]);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value));
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** Tag, length, value (X.690, section 8.1). */
function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}
