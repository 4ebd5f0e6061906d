import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { registerSearchAttributes } from '../../app/search-attributes.js';

export interface TestTemporal {
  address: string;
  /** Of this test alone, with our search attributes. */
  namespace: string;
  client: Client;
  connection: Connection;
  native: NativeConnection;
}

/** A namespace of its own on a server; connections are closed at the end. */
export async function withNamespace<T>(
  address: string,
  run: (temporal: TestTemporal) => Promise<T>,
): Promise<T> {
  const { NativeConnection } = await import('@temporalio/worker');
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  try {
    const namespace = `t-${randomUUID()}`;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await registerSearchAttributes(connection, namespace);
    const client = new Client({ connection, namespace });
    return await run({ address, namespace, client, connection, native });
  } finally {
    await native.close();
    await connection.close();
  }
}

/**
 * Bundles a file of workflows below test/, with the interceptor that records effects and with
 * `more` of them, from this folder.
 */
export async function bundleOf(
  path: string,
  more: readonly string[] = [],
): Promise<{ code: string }> {
  const modules = ['record-effects.ts', ...more];
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const nothing = (): void => undefined;
  const say = (message: string): void => void process.stderr.write(`${message}\n`);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`../${path}`, import.meta.url)),
    workflowInterceptorModules: modules.map((one) => fileURLToPath(new URL(one, import.meta.url))),
    logger: { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: say, error: say },
  });
}

/**
 * Asks until it holds; the limit is for a hang, not for a measure. The error of a hang names what
 * was waited for: `what`, else the condition itself.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = String(holds).replaceAll(/\s+/g, ' '),
  seconds = 150,
): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  // What takes long is asked for less often: what it waits for runs on the same processors.
  for (let pause = 50; ; pause = Math.min(pause * 1.2, 300)) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`waited ${seconds} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
