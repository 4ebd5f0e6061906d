import type { AddressInfo, Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { certificates } from './certificates.js';

export interface SmtpBehaviour {
  /** Recipients refused, with the code of the answer. */
  refuse?: Readonly<Record<string, number>>;
  /** The answer to the message instead of 250; `die`: the connection ends without one, and the mail
   * was taken; `hang`: no answer at all. */
  data?: number | 'die' | 'hang' | (() => number | 'die' | 'hang' | undefined);
  /** `none`: STARTTLS is not offered; `start`: it is; `implicit`: TLS from the start. */
  tls?: 'none' | 'start' | 'implicit';
  /** The only login that is let in; absent: none is asked for. */
  login?: { user: string; pass: string };
  /** Every command is refused with this greeting. */
  greeting?: number;
}

export interface FakeSmtp {
  port: number;
  /** Mails that were taken, with a good answer or without one. */
  mails: { mail: ParsedMail; raw: string; to: string[]; secure: boolean }[];
  /** Commands of clients that came as far as MAIL FROM. */
  senders: string[];
}

/** A mail server on loopback with one way to behave. */
export async function withSmtp<T>(
  behaviour: SmtpBehaviour,
  use: (smtp: FakeSmtp) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  const smtp: FakeSmtp = { port: 0, mails: [], senders: [] };
  const server = serverOf(behaviour, smtp, sockets);
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  smtp.port = (server.server.address() as AddressInfo).port;
  try {
    return await use(smtp);
  } finally {
    // Under TLS the sockets belong to OpenSSL: the server ends them itself.
    if ((behaviour.tls ?? 'none') === 'none') for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(resolve));
  }
}

function serverOf(behaviour: SmtpBehaviour, smtp: FakeSmtp, sockets: Set<Socket>): SMTPServer {
  const { tls = 'none', login, refuse = {} } = behaviour;
  const { key, cert } = tls === 'none' ? { key: undefined, cert: undefined } : certificates();
  const refused = (code: number, words: string): Error =>
    Object.assign(new Error(words), { responseCode: code });
  return new SMTPServer({
    secure: tls === 'implicit',
    hideSTARTTLS: tls !== 'start',
    ...(tls === 'start' ? {} : { disabledCommands: ['STARTTLS'] }),
    ...(key === undefined ? {} : { key, cert }),
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onConnect(_session, done) {
      done(behaviour.greeting === undefined ? null : refused(behaviour.greeting, 'not now'));
    },
    onAuth(auth, _session, done) {
      const isRight = auth.username === login?.user && auth.password === login?.pass;
      // Some servers repeat what they were told.
      if (isRight) done(null, { user: auth.username });
      else done(refused(535, `bad login ${auth.username ?? ''} ${auth.password ?? ''}`));
    },
    onMailFrom(address, _session, done) {
      smtp.senders.push(address.address);
      done();
    },
    onRcptTo(address, _session, done) {
      const code = refuse[address.address];
      done(code === undefined ? null : refused(code, 'no such user here'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const { data } = behaviour;
        const answer = typeof data === 'function' ? data() : data;
        void simpleParser(raw).then((mail) => {
          const to = session.envelope.rcptTo.map((one) => one.address);
          if (typeof answer !== 'number') {
            smtp.mails.push({ mail, raw, to, secure: session.secure });
          }
          if (answer === 'die') for (const socket of sockets) socket.destroy();
          else if (answer !== 'hang')
            done(answer === undefined ? null : refused(answer, 'said no'));
        });
      });
    },
  });
}
