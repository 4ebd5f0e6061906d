import { alikeAsOne, loudOnly, memberEpisodes } from './episodes.js';
import { ratePer90Days } from './rate.js';
import type { Rate } from './rate.js';
import type { AlertRules } from '../alert.js';
import type { WindowMarks } from '../alerting/conditions.js';
import { replayAlert } from '../alerting/replay.js';
import type { Category } from '../finding.js';
import type { Duration } from '../window.js';

/** What a rule would have done to past windows. */
export interface Trial {
  /** In which anything could be judged: an empty window is no quiet one. */
  windows: number;
  /** Windows with a warn or an alert, whether or not anybody hears of it. */
  bad: number;
  /** Alerts that would have been opened: what people hear. */
  alerts: number;
  /** Episodes of single targets, ended by three quiet windows. */
  episodes: number;
  /** Episodes to be expected in 90 days that are like these. */
  per90Days: Rate;
}

/** The alert's rules of each category, and how long a window is. */
export interface Ground {
  rules: Readonly<Record<Category, AlertRules>>;
  model: string;
  windowSize: Duration;
}

/** Past windows, oldest first, through the alert's own reducer; nobody is told. */
export function tryRule(windows: readonly WindowMarks[], ground: Ground): Trial {
  const { windows: loud, times } = alikeAsOne(loudOnly(windows));
  const categories = new Set(loud.flatMap(({ marks }) => marks.map(({ category }) => category)));
  let [alerts, episodes] = [0, 0];
  for (const category of categories) {
    const rules = ground.rules[category];
    const own = loud.map((window) => ({
      ...window,
      marks: window.marks.filter((mark) => mark.category === category),
    }));
    const key = { model: ground.model, category };
    alerts += replayAlert({ rules, key, windows: own }).episodes.length;
    for (const { member } of memberEpisodes(own, rules.policy.keepFiringFor)) {
      episodes += times.get(member) ?? 1;
    }
  }
  const judged = windows.filter(({ marks }) => marks.some(isJudged)).length;
  return {
    windows: judged,
    bad: loud.filter(({ marks }) => marks.some(isBad)).length,
    alerts,
    episodes,
    per90Days: ratePer90Days(episodes, Math.max(1, judged) * ground.windowSize),
  };
}

const isJudged = ({ verdict }: WindowMarks['marks'][number]): boolean => verdict !== 'unknown';

const isBad = ({ verdict }: WindowMarks['marks'][number]): boolean =>
  verdict === 'warn' || verdict === 'alert';
