/** Keys whose feature comes with a later version, `*` for any name or index: refused by name. */
const laterKeys = [
  'windows.show',
  'reference.drift.of',
  'retraining.gate.segments',
  'alerts.policy',
  'alerts.quiet_hours',
  'alerts.silences',
  'alerts.digest',
  'people.*.phone',
  'teams.*.rotation',
  'teams.*.hours',
  'teams.*.workdays',
  'teams.*.holidays',
  'teams.*.quiet_hours',
].map((path) => path.split('.'));

/** Checks of a later version. */
export const laterChecks: readonly string[] = ['feature_attribution'];

/** True when a key at this path comes with a later version. */
export function isLater(path: readonly PropertyKey[]): boolean {
  return laterKeys.some(
    (pattern) =>
      pattern.length === path.length &&
      pattern.every((part, index) => part === '*' || part === String(path[index])),
  );
}
