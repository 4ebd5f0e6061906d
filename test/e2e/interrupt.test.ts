import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { processStart } from '../../app/process-start.js';
import { runCli, startCli } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { until } from '../support/namespace.js';

const cliPath = inject('temporalCli');
const env = { TEMPORAL_CLI_PATH: cliPath ?? '', AFTERCARE_LOG_LEVEL: 'error' };

/** The process of the server that is noted in a state folder; null: none is. */
function serverOf(state: string): number | null {
  const file = join(state, 'temporal.json');
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  return text === '' ? null : (JSON.parse(text) as { pid: number }).pid;
}

async function serverIn(state: string): Promise<number> {
  await until(() => serverOf(state) !== null, 'a server is noted', 40);
  return serverOf(state) ?? 0;
}

test.skipIf(cliPath === null)(
  'a demo that is interrupted while its server starts leaves no process behind',
  { timeout: 90_000 },
  () =>
    withPlace({}, async (place) => {
      const state = join(place.folder, '.aftercare/demo/.aftercare/state');
      const demo = startCli(['demo', '--days', '30'], { env, cwd: place.folder });
      try {
        const pid = await serverIn(state);
        expect(await processStart(pid)).not.toBeNull();
        const { code, err } = await demo.stop();
        expect(code).toBe(130);
        expect(err).toContain('stopping');
        expect(await processStart(pid)).toBeNull();
      } finally {
        await demo.kill();
      }
    }),
);

test('a demo inside of a demo is refused, with where to go', () =>
  withPlace({}, async (place) => {
    const cwd = join(place.folder, '.aftercare/demo/monitors');
    await mkdir(cwd, { recursive: true });
    const { code, err } = await runCli(['demo'], { env, cwd });
    expect(code).toBe(2);
    expect(err).toContain('This is a folder of the demo');
    expect(err).toContain('for a new demo: cd ');
  }));
