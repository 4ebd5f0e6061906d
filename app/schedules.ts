import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { lastBoundary } from '../calendar/windows.js';
import type { Monitor } from '../domain/monitor.js';
import type { Duration } from '../domain/window.js';
import { evaluateId } from '../workflows/messages.js';
import { UnavailableError } from './errors.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MOST_JITTER = 6 * 60_000;
const LOOK_EVERY = 100;
const LOOKS_A_TELLING = 10;
const MOST_TELLINGS = 20;
const PAGE = 1_000;
/** What a Schedule's memo calls the lake that it was made for. */
export const LAKE_MEMO = 'AftercareLake';

/** When the bell rings: every `every` ms, `offset` ms after the epoch's multiples, UTC. */
export interface Bell {
  every: Duration;
  offset: Duration;
  jitter: Duration;
}

/**
 * Once per window, daily for longer ones, a lag after the boundary. It rings in UTC, at the later
 * of the zone's two clocks, so that no hour is missing or double; when it looks moves no window.
 */
export function bellOf({ windows, schedule }: Monitor): Bell {
  const every = windows.size === '1h' ? HOUR : DAY;
  const offset = (((midnightOf(windows.timezone) + schedule.lag) % every) + every) % every;
  return { every, offset, jitter: Math.min(every / 10, MOST_JITTER) };
}

const midnights = new Map<string, Duration>();

/** The later midnight of a zone's year, from that of UTC. Kept: a thousand monitors share a few. */
function midnightOf(timezone: string): Duration {
  const known = midnights.get(timezone);
  if (known !== undefined) return known;
  const grid = { size: '1d', timezone, align: 'monday' } as const;
  const days = [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)];
  const later = Math.max(...days.map((day) => lastBoundary(grid, day) - day));
  midnights.set(timezone, later);
  return later;
}

/** The bell in words, as lists show it: `daily 02:00 UTC`, `hourly at :15`. */
export function bellWords({ every, offset }: Bell): string {
  const minutes = String(Math.floor(offset / 60_000) % 60).padStart(2, '0');
  if (every === HOUR) return `hourly at :${minutes}`;
  return `daily ${String(Math.floor(offset / HOUR)).padStart(2, '0')}:${minutes} UTC`;
}

/** A pause as the Schedule's note tells it. */
export function pauseNote({ by, reason }: { by: string; reason: string }): string {
  return `${by}: ${reason}`;
}

/**
 * Pauses the Schedule or lets it ring again, and returns when the Schedule says so itself. Its
 * workflow keeps one change at a time: a second one that comes before it took the first replaces
 * it. So it is told again until it is so, and what follows is told after. A repeat changes the
 * note alone; UnavailableError when it does not take it within 20 s.
 */
export async function setPaused(
  client: Client,
  { model, paused, note }: { model: string; paused: boolean; note: string },
): Promise<void> {
  const handle = client.schedule.getHandle(evaluateId(model));
  for (let telling = 0; telling < MOST_TELLINGS; telling++) {
    await (paused ? handle.pause(note) : handle.unpause(note));
    for (let look = 0; look < LOOKS_A_TELLING; look++) {
      const { state } = await handle.describe();
      if (state.paused === paused) return;
      await sleep(LOOK_EVERY);
    }
  }
  throw new UnavailableError(
    `${model}: its Schedule did not take the ${paused ? 'pause' : 'end of its pause'}. The ` +
      'Temporal server answers, but its own workflows do not run: look at the server, then repeat.',
  );
}

/** What the list of Schedules says of one. */
export interface Listed {
  /** The mark of the lake it was made for; null: an older version made it. */
  mark: string | null;
  paused: boolean;
}

/** Models that have a Schedule in this namespace; the list may be a second behind. */
export async function listSchedules(client: Client): Promise<Map<string, Listed>> {
  const prefix = evaluateId('');
  const models = new Map<string, Listed>();
  for await (const one of client.schedule.list({ pageSize: PAGE })) {
    const { scheduleId, state } = one;
    if (!scheduleId.startsWith(prefix)) continue;
    models.set(scheduleId.slice(prefix.length), { mark: markIn(one), paused: state.paused });
  }
  return models;
}

/** The mark of the lake that a Schedule rings for; null: it bears none. */
export function markIn({ memo }: { memo?: Record<string, unknown> | undefined }): string | null {
  const mark = memo?.[LAKE_MEMO];
  return typeof mark === 'string' ? mark : null;
}

/** Whether the Schedule is there, asked directly. */
export async function hasSchedule(client: Client, model: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(evaluateId(model)).describe();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/** Takes a Schedule away; one that is gone already is fine. */
export async function deleteSchedule(client: Client, model: string): Promise<void> {
  try {
    await client.schedule.getHandle(evaluateId(model)).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
