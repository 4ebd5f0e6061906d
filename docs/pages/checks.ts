import { checks, defaultChecks, type RegisteredCheck } from '../../checks/index.js';
import { snakeCase } from '../../config/checks-schema.js';
import { exampleMonitor } from '../../config/example.js';
import { knownChecks } from '../../config/known-checks.js';
import { monitorSchema } from '../../config/monitor.js';
import { code, limitText, markdownTable, pageHead } from './text.js';

const ABOUT = `What Aftercare can ask about a window, in the order of every report. A check gives a
score: a number with its counts and, where it has one, an interval and a p-value. The score is then
judged against two limits, so a changed limit needs no new measurement.

A limit in a monitor file is a number, \`{ above: … }\`, \`{ below: … }\` or, for a metric,
\`{ drop: 0.02 }\` (absolute) and \`{ drop: 5% }\` (relative to the reference); where the value is a
length of time it is a duration, as \`24h\`. A bare number is an upper limit where higher is worse, a
lower one where lower is worse, and one for both directions where either is. Fewer rows than
\`min_rows\` give \`unknown\`, never \`ok\`.

With \`rule: calibrated\`, the default, a crossed limit must also be more than chance explains; with
\`rule: fixed\` the limits alone decide. The drift of one feature is at most \`warn\`, unless its
importance is 0.05 or more or the predictions move too. A broken hard rule (a column that is gone, no
rows) is an alert whatever the limits say. How often a finding must come before an alert fires is
told in [how an alert lives](../alerts.md).

"Always" in the list means: wherever the monitor has what the check needs, label_coverage where it
has columns.action, exposure_concentration where it has columns.item, allocation_gain where it has
columns.group, arm_contrast where it has columns.arm, self_labelled where it has
labels[].label_source, and label_volume where it has labels[].absent. A check that is judged only
when a monitor lists it is computed and shown all the same.`;

/** The keys of every check, which the monitor page describes. */
const LIMIT_KEYS = ['warn', 'alert', 'minRows', 'rule', 'column'];

/** Checks that judge without being listed, where the monitor has all that they need. */
function usualChecks(): Set<string> {
  const full = monitorSchema(knownChecks).parse(exampleMonitor);
  const tasks = ['binary', 'multiclass', 'regression', 'ranking'] as const;
  return new Set(
    tasks.flatMap((task) => defaultChecks({ ...full, model: { ...full.model, task } })),
  );
}

/** `reference/checks.md`: every check, with its unit, limits and what to do when it fires. */
export function checksPage(): string {
  const usual = usualChecks();
  const rows = checks.map((check) => [
    `[${check.name}](#${check.name})`,
    check.question,
    check.category,
    limitText(check.defaults.warn, check.unit),
    limitText(check.defaults.alert, check.unit),
    usual.has(check.name) ? 'always' : 'when listed',
  ]);
  const head = ['check', 'question', 'category', 'warn', 'alert', 'judged'];
  const table = markdownTable(head, rows);
  const sections = checks.map(sectionOf);
  return [pageHead('Checks', ABOUT), table, '', ...sections].join('\n');
}

function sectionOf(check: RegisteredCheck): string {
  const { name, question, unit, category, action, over, needs, worse, kind, defaults } = check;
  const after = check.defaultsAfter === undefined ? '' : ' after `schedule.lag`';
  const own = Object.keys(check.params.shape).filter((key) => !LIMIT_KEYS.includes(key));
  const rows = [
    ['unit of the value', unit],
    ['worse', worse],
    ['asked about', TARGETS[over]],
    ['needs', needs.join(', ')],
    ...(check.tasks === undefined ? [] : [['tasks', check.tasks.join(', ')]]),
    ['kind of evidence', kind],
    ['category', category],
    ['warn', limitText(defaults.warn, unit) + after],
    ['alert', limitText(defaults.alert, unit) + after],
    ['min_rows', String(defaults.minRows)],
    ...(check.discoveryRate === undefined
      ? []
      : [['false discoveries', `${check.discoveryRate * 100} % over all columns of a run`]]),
    ...(own.length === 0 ? [] : [['own keys', own.map((key) => code(snakeCase(key))).join(', ')]]),
  ];
  const table = markdownTable(['', ''], rows);
  return `## ${name}\n\n${question}\n\n${table}\n\nWhen it fires: ${action}\n`;
}

const TARGETS: Readonly<Record<RegisteredCheck['over'], string>> = {
  feature: 'each feature column',
  score: 'the predictions',
  label: 'predictions with mature labels',
  metric: 'the metric of `retraining`, or the first that is judged; others by `targets`',
  rows: 'the rows, and each part of them',
  series: 'each series of `metrics`, or those of `targets`',
  model: 'the window as a whole',
};
