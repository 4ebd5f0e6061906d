import { chance, round, type Chance, type MadeDay } from './random.js';

/** One promised delivery, and what became of it. */
export interface Delivery {
  order_id: string;
  promised_at: string;
  distance_km: number;
  items: number;
  courier_load: number;
  rain: number;
  zone: string;
  eta_minutes: number;
  model_version: string;
}

export interface Arrival {
  order_id: string;
  arrived_at: string;
  minutes: number;
}

const DAY = 86_400_000;
const ZONES = [
  ['centre', 45],
  ['hills', 30],
  ['station', 25],
] as const;
const ZONE_MINUTES: Readonly<Record<string, number>> = { centre: 2, hills: 6, station: 0 };

/** What the deployed model answers: it never saw the harbour. */
export function promise(
  row: Pick<Delivery, 'distance_km' | 'items' | 'courier_load' | 'rain' | 'zone'>,
): number {
  const zone = ZONE_MINUTES[row.zone] ?? 2;
  return 9 + 3.1 * row.distance_km + 0.8 * row.items + 7 * row.courier_load + 4 * row.rain + zone;
}

function order(random: Chance, harbourShare: number): { delivery: Delivery; minutes: number } {
  const isHarbour = random.uniform() < harbourShare;
  const row = {
    distance_km: round(Math.abs(2.4 + 1.1 * random.normal()) + (isHarbour ? 1.5 : 0), 2),
    items: 1 + Math.floor(random.uniform() * 6),
    courier_load: round(random.uniform(), 2),
    rain: random.uniform() < 0.2 ? 1 : 0,
    zone: isHarbour ? 'harbour' : random.pick(ZONES),
  };
  // The bridge to the harbour: the time that the model does not know of.
  const bridge = isHarbour ? 14 + 3 * row.courier_load : 0;
  const minutes = Math.max(3, promise(row) + bridge + 4 * random.normal());
  const delivery = {
    order_id: Math.floor(random.uniform() * 2 ** 48).toString(36),
    promised_at: '',
    ...row,
    eta_minutes: round(promise(row), 2),
    model_version: 'v3',
  };
  return { delivery, minutes: round(minutes, 2) };
}

/**
 * The orders of a day and their arrivals, oldest first. `harbourShare` (0 to 1) of them go to the
 * new zone.
 */
export function deliveryDay(
  { start, seed, rows }: MadeDay,
  harbourShare: number,
): { deliveries: Delivery[]; arrivals: Arrival[] } {
  const random = chance(seed + 1_000_003);
  const deliveries: Delivery[] = [];
  const arrivals: Arrival[] = [];
  for (let index = 0; index < rows; index++) {
    const promisedAt = start + Math.floor(((index + random.uniform()) * DAY) / rows);
    const { delivery, minutes } = order(random, harbourShare);
    deliveries.push({ ...delivery, promised_at: new Date(promisedAt).toISOString() });
    arrivals.push({
      order_id: delivery.order_id,
      arrived_at: new Date(promisedAt + minutes * 60_000).toISOString(),
      minutes,
    });
  }
  return { deliveries, arrivals };
}
