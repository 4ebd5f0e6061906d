import { statSync } from 'node:fs';
import type { TestSequencer, TestSpecification } from 'vitest/node';

/** What waits most, longest first: it is begun while there is other work to do meanwhile. */
const longest = ['e2e/kill', 'e2e/real-flights', 'e2e/demo', 'workflows/kill', 'e2e/catchup'];

/** Stories before rules, and of the rest the larger file before the smaller one. */
export class StoriesFirst implements TestSequencer {
  sort(files: TestSpecification[]): TestSpecification[] {
    const place = ({ moduleId, project }: TestSpecification): [number, number] => {
      const known = longest.findIndex((one) => moduleId.endsWith(`/${one}.test.ts`));
      const group = project.name === 'stories' ? longest.length : longest.length + 1;
      return [known < 0 ? group : known, -statSync(moduleId).size];
    };
    return files
      .map((file) => ({ file, place: place(file) }))
      .sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1])
      .map(({ file }) => file);
  }

  /** One machine runs all. */
  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }
}
