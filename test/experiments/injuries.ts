import { normal } from './chance.js';
import type { Injury } from './simulate.js';
import { MISSING, valueOf } from './world.js';
import type { Feature, Rows, Truth } from './world.js';

/** A change of one feature, and by when it has to be found. */
export interface Change {
  name: string;
  /** `n…` or `c…`: a numeric or a categorical feature is hit. */
  kind: 'numeric' | 'categorical';
  /** By which day 95 % have to be found; null: only reported. */
  within: 1 | 7 | null;
  injure(feature: Feature): Omit<Injury, 'feature'>;
}

const truth = (change: (truth: Truth, index: number) => Partial<Truth>) => () => ({
  truth: (given: Truth, index: number): Truth => ({ ...given, ...change(given, index) }),
});

/** Rows of a numeric feature, missing ones among them, each value changed. */
const values =
  (change: (value: number, chance: () => number) => number | null) => (): { rows: Rows } => ({
    rows: (feature, n, chance) =>
      Array.from({ length: n }, () => {
        const value = valueOf(feature.shape, 0.05 * normal(chance) + normal(chance));
        return chance() < MISSING ? null : change(value, chance);
      }),
  });

const shifted = (mean: number) => truth((given) => ({ mean: given.mean + mean }));
const missing = (share: number) => truth(() => ({ missing: share }));

function added(given: readonly number[], own: readonly number[]): number[] {
  return given.map((logit, k) => logit + (own[k] ?? 0));
}

/** All changes, those that must be found first. */
export const changes: readonly Change[] = [
  { name: 'mean + 0.5 sd', kind: 'numeric', within: 1, injure: shifted(0.5) },
  { name: 'every value × 10', kind: 'numeric', within: 1, injure: values((x) => x * 10) },
  { name: 'every value × 1,000', kind: 'numeric', within: 1, injure: values((x) => x * 1000) },
  { name: 'one value only', kind: 'numeric', within: 1, injure: values(() => 10.5) },
  { name: 'all missing', kind: 'numeric', within: 1, injure: values(() => null) },
  {
    name: 'categories in capitals',
    kind: 'categorical',
    within: 1,
    injure: () => ({ rows: spelled }),
  },
  {
    name: 'the two largest categories swapped',
    kind: 'categorical',
    within: 1,
    injure: ({ weights: [first = 1, second = 1] }) =>
      truth((given) => ({
        logits: added(given.logits, [Math.log(second / first), Math.log(first / second)]),
      }))(),
  },
  { name: 'mean + 0.25 sd', kind: 'numeric', within: 7, injure: shifted(0.25) },
  { name: 'missing 1 → 5 %', kind: 'numeric', within: 7, injure: missing(0.05) },
  {
    name: '1 % of the rows × 1,000',
    kind: 'numeric',
    within: 7,
    injure: values((x, chance) => (chance() < 0.01 ? x * 1000 : x)),
  },
  {
    name: '1 % of the rows × 1,000 or × -1,000',
    kind: 'numeric',
    within: null,
    injure: values((x, chance) => (chance() < 0.01 ? x * (chance() < 0.5 ? 1000 : -1000) : x)),
  },
  { name: 'mean + 0.1 sd', kind: 'numeric', within: null, injure: shifted(0.1) },
  { name: 'sd × 1.5', kind: 'numeric', within: null, injure: truth(() => ({ sd: 1.5 })) },
  {
    name: 'mean + 0.02 sd more each day',
    kind: 'numeric',
    within: null,
    injure: truth((given, index) => ({ mean: given.mean + 0.02 * (index + 1) })),
  },
  { name: 'missing 1 → 3 %', kind: 'numeric', within: null, injure: missing(0.03) },
  {
    name: '5 % of the rows × 1,000',
    kind: 'numeric',
    within: null,
    injure: values((x, chance) => (chance() < 0.05 ? x * 1000 : x)),
  },
  {
    name: 'a new category, 2 %',
    kind: 'categorical',
    within: null,
    injure: truth(() => ({ unseen: 0.02 })),
  },
  {
    name: 'largest category - 10 points',
    kind: 'categorical',
    within: null,
    injure: ({ weights: [first = 1] }) => {
      const logit = (p: number) => Math.log(p / (1 - p));
      const change = logit(first - 0.1) - logit(first);
      return truth((given) => ({ logits: added(given.logits, [change]) }))();
    },
  },
];

function spelled(feature: Feature, n: number, chance: () => number): (string | null)[] {
  return Array.from({ length: n }, () => {
    if (chance() < MISSING) return null;
    let left = chance();
    const place = feature.weights.findIndex((weight) => (left -= weight) < 0);
    return (feature.axis.known[Math.max(0, place)] ?? '').toUpperCase();
  });
}
