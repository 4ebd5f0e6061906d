/** A feature that moved, with what it is worth. */
export interface MovedFeature {
  name: string;
  /** Corrected PSI, >= 0. */
  psi: number;
  /** Share of importance, 0 to 1. */
  importance: number;
  /** psi × importance. */
  contribution: number;
}

/** A corrected PSI below this is not worth a line. */
const SMALLEST = 0.02;

/** Features that moved, by PSI × importance, the largest first; equal ones by PSI, then by name. */
export function rankMoved(
  psi: Readonly<Record<string, number>>,
  importance: Readonly<Record<string, number>>,
): MovedFeature[] {
  const moved = Object.entries(psi)
    .filter(([, value]) => value >= SMALLEST)
    .map(([name, value]) => {
      const share = importance[name] ?? 0;
      return { name, psi: value, importance: share, contribution: value * share };
    });
  return moved.sort(
    (a, b) => b.contribution - a.contribution || b.psi - a.psi || (a.name < b.name ? -1 : 1),
  );
}
