import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs `<bench>.<step>` in a fresh process and gives what it returned. Input and result go through
 * JSON; what the step prints goes to stderr.
 */
export async function inFresh<T>(name: string, input: unknown): Promise<T> {
  const [, script = ''] = process.argv;
  const argv = [...process.execArgv, script, 'step', name, JSON.stringify(input)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code ?? 'a signal'}`);
  // The caller knows what the step returns.
  return JSON.parse(said) as T;
}
