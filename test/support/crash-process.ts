import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { CrashWorkerInput } from './crash-worker.js';

/** Workers in a process of their own that kills itself, and is started again until `stop`. */
export class CrashProcess {
  /** How often it was killed, by itself or by `kill`. */
  kills = 0;
  /** What it said of an end that nobody wanted; null: there was none. */
  failure: string | null = null;
  #child: ChildProcess | null = null;
  #isOver = false;
  readonly #file: string;
  readonly #input: CrashWorkerInput;

  /** `file`: the worker's JavaScript. */
  constructor(file: string, input: CrashWorkerInput) {
    this.#file = file;
    this.#input = input;
    this.#start();
  }

  #start(): void {
    const child = spawn(process.execPath, [this.#file, JSON.stringify(this.#input)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') this.kills++;
      else this.failure = `it ended with ${signal ?? `code ${code ?? '?'}`}: ${said}`;
      if (!this.#isOver && this.failure === null) this.#start();
    });
  }

  /** Kills it; it starts again. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Kills it for good. */
  async stop(): Promise<void> {
    this.#isOver = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
