import { locate } from '../../sources/locate.js';
import type { PostgresSource } from '../../domain/source-spec.js';
import { testWorld } from './world.js';

/** Pulls a span of a PostgreSQL source into a folder, for a process that is killed. */
const input = JSON.parse(process.argv[2] ?? '') as {
  folder: string;
  url: string;
  spec: PostgresSource;
  span: { start: number; end: number };
};

const world = testWorld(input.folder);
world.secrets['env:URL'] = input.url;
const { files } = await locate(
  input.spec,
  { span: input.span, timezone: 'UTC', owner: 'team:ml' },
  world,
);
process.stdout.write(`${files.length} files\n`);
