import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explainMonitor } from '../../config/explain.js';
import { loadConfig } from '../../config/load.js';
import { problemText } from '../../config/problem.js';
import type { Monitor } from '../../domain/monitor.js';

/** The eight lines that a monitor needs at least. */
export const shortest = `version: 1
model: { id: churn, owners: team:growth-ml }
windows: { size: 1d }
predictions: { from: { path: "data/churn/*.parquet" } }
columns: { timestamp: scored_at }
reference: { drift: { kind: training, path: data/train.parquet } }
`;

/** One team of two, and one above it. */
export const someTeams = `people:
  ana: { email: ana@example.com, slack: U0ANA }
  bo: { email: bo@example.com }
  chris: { email: chris@example.com }
teams:
  growth-ml: { members: [ana, bo], channels: ["slack:#ml", email], escalate_to: ml-leads }
  ml-leads: { members: [chris] }
root: chris
`;

/** Gives a folder with these files to `run`, and takes it away afterwards. */
export async function withConfig<T>(
  files: Readonly<Record<string, string | Buffer>>,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-config-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(folder, name), text);
    }
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What becomes of a monitor file: its checks, what `plan --explain` tells, what is wrong with it. */
export async function readMonitor(text: string): Promise<{
  monitor: Monitor | undefined;
  checks: string[];
  lines: string[];
  told: string[];
}> {
  return withConfig({ 'churn.yaml': text, 'teams.yaml': someTeams }, async (folder) => {
    const { monitors, problems } = await loadConfig(folder, { cwd: '/srv/app' });
    const monitor = monitors[0]?.monitor;
    return {
      monitor,
      checks: monitor?.checks.map(({ check }) => check) ?? [],
      lines: monitors.flatMap((one) => explainMonitor(one)),
      told: problems.map((one) => problemText(one).replace(`${folder}${path.sep}`, '')),
    };
  });
}
