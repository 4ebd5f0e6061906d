import type { AlertKey, AlertRules } from '../alert.js';
import type { WindowMarks } from './conditions.js';
import { decideAlert } from './reducer.js';
import type { AlertState, Episode } from './state.js';
import type { Instant } from '../window.js';

/** An episode that the live reducer would have had; nobody was told of it. */
export interface HistoricEpisode {
  number: number;
  /** End of its first bad window. */
  from: Instant;
  /** End of the window at which it was over; null: it still fires after the newest one. */
  to: Instant | null;
  /** Keys of all members that fired in it, `check/target/slice`. */
  members: readonly string[];
  severity: 'warning' | 'critical';
  reopened: number;
  historic: true;
}

/**
 * The same reducer over past windows, oldest first, each decided at its own end and told to nobody.
 * Of a window that comes twice the highest revision counts.
 */
export function replayAlert(input: {
  rules: AlertRules;
  key: AlertKey;
  windows: readonly WindowMarks[];
}): { state: AlertState | null; episodes: HistoricEpisode[] } {
  const { key } = input;
  const rules = { ...input.rules, route: { levels: [], root: [] } };
  const timezone = 'UTC'; // nobody is told of an instant
  const sorted = [...input.windows].sort(
    (a, b) => a.windowEnd - b.windowEnd || b.revision - a.revision,
  );
  const episodes = new Map<number, HistoricEpisode>();
  let state: AlertState | null = null;
  for (const window of sorted) {
    const { windowEnd, revision } = window;
    const id = `${windowEnd}/${revision}`;
    const event = { ...window, type: 'window', id, rules: '' } as const;
    ({ state } = decideAlert({ rules, key, timezone, state, event, at: windowEnd, head: null }));
    const { episode }: AlertState = state;
    if (episode !== null) episodes.set(episode.number, historic(episode));
  }
  return { state, episodes: [...episodes.values()] };
}

function historic(episode: Episode): HistoricEpisode {
  const { number, severity, reopened } = episode;
  const to = episode.ended?.at ?? null;
  const members = Object.keys(episode.members).sort();
  return { number, from: episode.firstWindow, to, members, severity, reopened, historic: true };
}
