import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { builtProgram } from './built.js';
import type { Program } from './built.js';

/** A program as a process of its own, to be killed and started again. */
export class KilledProcess {
  #child: ChildProcess | null = null;
  #output = '';
  readonly #program: Program;
  readonly #argument: string;

  constructor(program: Program, argument: object) {
    this.#program = program;
    this.#argument = JSON.stringify(argument);
  }

  /** Resolves when it says that it is ready. */
  async start(): Promise<void> {
    const file = await builtProgram(this.#program);
    const child = spawn(process.execPath, [file, this.#argument], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (text: Buffer) => (this.#output += text.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        if (text.toString().includes('ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`it ended: ${this.#output}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
