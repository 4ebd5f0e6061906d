import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A way to a server on loopback that can be shut and opened again, under one port. */
export interface Gate {
  port: number;
  /** Nobody listens any more, and what was open is cut. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Stands before the server at `target` while `use` runs; open at first. */
export async function withGate<T>(target: number, use: (gate: Gate) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const forget = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  };
  const gate: Gate = {
    port: 0,
    open: async () => {
      const listening = createServer((here) => {
        const there = connect(target, '127.0.0.1');
        for (const socket of [here, there]) forget(socket);
        here.pipe(there).pipe(here);
      });
      server = listening;
      await new Promise<void>((resolve) => listening.listen(gate.port, '127.0.0.1', resolve));
      gate.port = (listening.address() as AddressInfo).port;
    },
    shut: async () => {
      const listening = server;
      server = null;
      if (listening === null) return;
      const closed = new Promise((resolve) => listening.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  await gate.open();
  try {
    return await use(gate);
  } finally {
    await gate.shut();
  }
}
