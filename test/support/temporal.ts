import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { registerSearchAttributes } from '../../app/search-attributes.js';

/** Why tests that need a server are skipped; null: there is one. */
export function temporalMissing(): string | null {
  const temporal = inject('temporal');
  return 'missing' in temporal ? temporal.missing : null;
}

export interface TestTemporal {
  address: string;
  /** Of this test alone, with our search attributes. */
  namespace: string;
  client: Client;
  connection: Connection;
  native: NativeConnection;
}

/** A namespace of its own on the run's server; connections are closed at the end. */
export async function withTemporal<T>(run: (temporal: TestTemporal) => Promise<T>): Promise<T> {
  const provided = inject('temporal');
  if ('missing' in provided) throw new Error(provided.missing);
  return withNamespace(provided.address, run);
}

/** The same on any server. */
export async function withNamespace<T>(
  address: string,
  run: (temporal: TestTemporal) => Promise<T>,
): Promise<T> {
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

/** Bundles a file of workflows below test/, with the interceptor that records effects. */
export async function bundleOf(path: string): Promise<{ code: string }> {
  const nothing = (): void => undefined;
  const say = (message: string): void => void process.stderr.write(`${message}\n`);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`../${path}`, import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL('record-effects.ts', import.meta.url))],
    logger: { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: say, error: say },
  });
}

/** Asks until it holds; the limit is for a hang, not for a measure. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = 'it holds',
  seconds = 25,
): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; ;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`waited ${seconds} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
