import type { Finding } from '../finding.js';
import type { Trained } from '../advising/input.js';
import { isDeclared } from './ways.js';
import type { Asked, Role, Way } from './ways.js';

/** What keeps a link, or stronger evidence of it, from being seen. */
export interface Missing {
  /** What to declare, as `columns.action.explored`; null: it is, and the data lack something. */
  setting: string | null;
  /** What to log or declare, in words. */
  text: string;
}

const ROLES: Readonly<Record<Role, Missing>> = {
  action: {
    setting: 'columns.action',
    text:
      'Log what was decided of each row, and which rows were held out of it at random, and name ' +
      'those columns as columns.action.',
  },
  arm: {
    setting: 'columns.arm',
    text:
      'Let some, drawn at random once, live without the model, and name the column of the arm as ' +
      'columns.arm.',
  },
  label_source: {
    setting: 'labels[].label_source',
    text: 'Log who made each label, and name that column as labels[].label_source.',
  },
  group: {
    setting: 'columns.group',
    text:
      'Name the column of the group, as a region, that decisions are allotted to as columns.group, ' +
      'or of the item that a row shows as columns.item.',
  },
  item: {
    setting: 'columns.item',
    text: 'Name the column of the item that a row shows as columns.item.',
  },
  labels: {
    setting: 'labels',
    text: 'Say where labels come from, as labels.',
  },
};

const EXPLORED: Missing = {
  setting: 'columns.action.explored',
  text:
    'Hold rows out at random where the model would act, and name the column that says so as ' +
    'columns.action.explored.',
};

/** Checks that compare rows held out at random. */
const OF_HOLDOUT = new Set(['suppression', 'censored_positives']);

/** Checks that can be asked without labels. */
const WITHOUT_LABELS = new Set(['arm_contrast', 'exposure_concentration']);

/** What the check would need to speak; `found`: its newest finding, which does not. */
function missingOf(monitor: Asked, way: Way, found: Finding | null): Missing {
  const { check } = way;
  if (monitor.labels === null && !WITHOUT_LABELS.has(check)) return ROLES.labels;
  if (!monitor.checks.some((spec) => spec.check === check)) {
    return { setting: `checks: ${check}`, text: `List ${check} under checks.` };
  }
  if (OF_HOLDOUT.has(check) && monitor.columns.action?.explored === null) {
    return { ...EXPLORED, ...(found?.reason === 'insufficient_data' && textOf(found)) };
  }
  const text = found?.sentence ?? `${check} was not asked in this window.`;
  return { setting: null, text };
}

const textOf = ({ sentence }: Finding): Pick<Missing, 'text'> => ({ text: sentence });

/**
 * What to log or declare for the first of the ways that the monitor says enough for; where it says
 * enough for none, and `isUnknown`, what the first of them begins with. null: there is none.
 */
export function lacking(
  monitor: Asked,
  silent: readonly { way: Way; found: Finding | null }[],
  { isUnknown }: { isUnknown: boolean },
): Missing | null {
  const begun = silent.find(({ way }) => way.roles.some((role) => isDeclared(monitor, role)));
  if (begun !== undefined) return missingOf(monitor, begun.way, begun.found);
  const [first] = silent;
  if (first === undefined || !isUnknown) return null;
  return monitor.labels === null && !WITHOUT_LABELS.has(first.way.check)
    ? ROLES.labels
    : ROLES[first.way.roles[0]];
}

/** What a registration has to say. */
export function untrained(trained: Trained | null): Missing {
  const what =
    trained === null
      ? 'No version of the model is registered'
      : `Version ${trained.version} does not say it`;
  return {
    setting: 'training.unweighted_acted',
    text:
      'Say how many rows acted on a version was trained on without a weight: as ' +
      'training.unweighted_acted with "models register", or as unweightedActed in the result of a ' +
      `training. ${what}.`,
  };
}
