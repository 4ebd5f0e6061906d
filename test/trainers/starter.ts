import { join } from 'node:path';
import { createCommandTrainer } from '../../trainers/command.js';
import { request } from './jobs.js';

// A program, run with a folder and a key: starts the job there, says so, waits for death.
const [folder = '', key = ''] = process.argv.slice(2);
const trainer = createCommandTrainer({
  trigger: {
    kind: 'command',
    command: [process.execPath, 'job.cjs'],
    cwd: folder,
    env: [],
    timeout: 60_000,
  },
  trainings: join(folder, 'trainings'),
  environment: { PATH: process.env['PATH'] },
});
const { ref } = await trainer.start(request(key));
console.log(ref);
setInterval(() => undefined, 1_000);
