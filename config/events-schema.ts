import { z } from 'zod';
import type { KnownEvent } from '../domain/known-event.js';
import { oneOf, text } from './scalars.js';
import { spanKeys, spanOf } from './spans.js';

const event = z.strictObject({
  name: text('what happens, as Black Friday'),
  ...spanKeys,
  effect: oneOf(['expected', 'exclude', 'fix', 'launch']).default('expected'),
  repeats: oneOf(['yearly']).optional(),
});

/** `events:`, what people know about a time in advance. */
export const events = z.array(event, { error: 'expected a list of events' });

/** The events of a monitor in its zone. */
export function toEvents(given: z.output<typeof events>, timezone: string): KnownEvent[] {
  return given.map((one) => ({
    name: one.name,
    ...spanOf(one, timezone),
    effect: one.effect,
    repeats: one.repeats ?? null,
  }));
}
