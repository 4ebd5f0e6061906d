import type { AlertHead } from '../domain/alerting/state.js';
import { replayAlert, type HistoricEpisode } from '../domain/alerting/replay.js';
import { categories, type Category } from '../domain/finding.js';
import type { ModelHead } from '../domain/model.js';
import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import { lineOf, withLines } from './advance.js';
import { byCategory } from './tell.js';
import { modelHead, publishedOf, watchedHead, type Deps } from './deps.js';

const RING = 10;

/** The historic episodes of one model and category: what its alert would have done. */
export interface Episodes {
  model: string;
  category: Category;
  from: Instant;
  to: Instant;
  episodes: readonly HistoricEpisode[];
}

/** Name of the head that holds them. */
export function episodesHead(model: string, category: Category): string {
  return `episodes/${model}/${category}`;
}

/**
 * Runs the alert reducer over what was evaluated, tells nobody per window, writes its episodes,
 * and hands an alert that would fire at the newest window its last ten windows. A repeat writes
 * the same and is dropped by the entities.
 */
export async function finishBackfill(
  deps: Deps,
  input: { model: string; from: Instant; to: Instant },
): Promise<void> {
  const { model, from, to } = input;
  const head = await watchedHead(deps, model);
  if (head === null) return;
  const published = await publishedOf(deps, head.monitor);
  const commits = await deps.lake.commitsOf(model, { from, to });
  await showWindows(deps, model, commits);
  const reachesNewest = commits.at(-1)?.window.end === head.watermark;
  for (const category of categories) {
    const windows = commits.map((commit) => windowOf(commit, category));
    const key = { model, category };
    const replay = replayAlert({ rules: published.alerts[category], key, windows });
    await deps.lake.updateHead<Episodes>(episodesHead(model, category), (old) =>
      merged(old, { ...key, from, to, episodes: replay.episodes }),
    );
    const newest = replay.episodes.at(-1);
    const live = await deps.lake.readEntityHead<AlertHead>(`alert/${model}/${category}`);
    if (!reachesNewest || newest?.to !== null || live?.alive === true) continue;
    await deps.entities.tellAlert(model, category, {
      type: 'history',
      id: `history/${from}/${to}/${commits.at(-1)?.revision ?? 0}`,
      ...{ windows: windows.slice(-RING), since: newest.from },
      rules: head.monitor,
    });
  }
}

/**
 * Puts what was evaluated among the last windows that lists show, and only there: the watermarks
 * are those of live windows. A window that a live pass judged anew meanwhile keeps that.
 */
async function showWindows(deps: Deps, model: string, commits: readonly Commit[]): Promise<void> {
  await deps.lake.updateHead<ModelHead>(modelHead(model), (head) => {
    if (head === null) throw new Error(`Model "${model}" has no head; run aftercare apply.`);
    const shown = new Map(head.windows.map(({ end, revision }) => [end, revision]));
    const newer = commits.filter(({ window, revision }) => {
      return revision > (shown.get(window.end) ?? 0);
    });
    return { ...head, windows: withLines(head.windows, newer.map(lineOf)) };
  });
}

function windowOf(commit: Commit, category: Category) {
  const marks = byCategory(commit).get(category) ?? [];
  return { windowEnd: commit.window.end, revision: commit.revision, marks };
}

/** Episodes outside the span stay; those within are what this backfill found. */
function merged(old: Episodes | null, now: Episodes): Episodes {
  const kept = (old?.episodes ?? []).filter(({ from }) => from <= now.from || from > now.to);
  return {
    ...now,
    from: Math.min(now.from, old?.from ?? now.from),
    to: Math.max(now.to, old?.to ?? now.to),
    episodes: [...kept, ...now.episodes].sort((a, b) => a.from - b.from),
  };
}
