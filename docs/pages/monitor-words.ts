import { checkWords } from './check-words.js';
import { labelWords } from './label-words.js';
import { retrainingWords } from './retraining-words.js';
import { sourceWords } from './source-words.js';

/**
 * What each key of a monitor file means, by its path; `*` stands for a name of your own, `[]` for
 * an entry of a list. The page is not made while a key has no words here or words have no key.
 */
export const monitorWords: Readonly<Record<string, string>> = {
  version: 'Version of this format.',
  'model.id': 'Name of the model everywhere; letters, digits, dots, dashes, underscores.',
  'model.task': 'What the model does; without it, told by the kind of its prediction.',
  'model.owners': 'A team or a person for all four roles, or each by itself.',
  'model.owners.model': 'Hears of drift, performance, staleness.',
  'model.owners.data': 'Hears of data quality; without it, the owner of the model.',
  'model.owners.system':
    'Hears of the system, and that checks or notices fail; without it, the owner of the model.',
  'model.owners.approvers': 'Answers retraining requests; without it, the owner of the model.',
  'model.tags': 'Words of your own.',
  'schedule.lag': 'How long after the end of a window its rows are complete.',
  'schedule.catchup': 'Windows older than this are written off as `unknown (not_evaluated)`.',
  'schedule.on': 'What makes a window due.',
  'windows.size': 'Length of a window, a calendar unit in its time zone; or else `rows`.',
  'windows.rows':
    'Numbered windows of so many rows, of files without time: for `check`, `compare`, `backtest`.',
  'windows.timezone': 'Zone in which days, weeks and months begin.',
  'windows.align': 'First day of a week.',
  'windows.min_rows': 'Fewer rows, on either side, give `unknown`; a check may say otherwise.',
  ...sourceWords('predictions.from', {
    path:
      'File, glob or template; `{date}` and `{hour}` are those of the clock in ' +
      '`windows.timezone`.',
    where: 'SQL expression over the columns: which rows count.',
  }),
  'predictions.select':
    'Column: an SQL expression over a row that ' +
    '[makes it of others](../how-to/monitor.md#columns-made-of-others), as of a struct, a map or ' +
    'JSON. Where a file lacks what that names, its own column of the name counts.',
  'predictions.unnest':
    'A column of lists: one row for each element, before `select` and `where`; fields become columns.',
  'predictions.ready.marker':
    'A file beside the others, or in each of their folders, that says that all are there.',
  'predictions.ready.wait':
    'So long after a window fell due it is waited for; then `ready` tells that it did not come.',
  'predictions.late.reread': 'So long after a window fell due its rows are looked at again.',
  'predictions.late.restate_above':
    'Share of the rows: when more came since, the window is judged again.',
  'joins[].name': 'Name of a [joined source](../how-to/monitor.md#columns-of-another-source).',
  ...sourceWords('joins[].from', {
    path: 'File, glob or template; a template is read for the window, a file as a whole.',
    where: 'SQL expression over the columns: which rows count.',
  }),
  'joins[].on': 'Column of the predictions: column of the joined source that holds the same key.',
  'joins[].columns': 'The columns that are joined; default all but those of the key.',
  'joins[].expect':
    'How many rows go with a key: of several that differ none is joined, and a note tells.',
  'columns.id': 'What names a row: for joins and `duplicates`.',
  'columns.timestamp':
    'Event time: a column, or `{ column, timezone }`; none only with `windows.rows`.',
  'columns.timestamp.column': 'The column.',
  'columns.timestamp.timezone': 'Zone of values that carry none.',
  'columns.prediction': 'What the model answered: one of `score`, `value`, `label`, `position`.',
  'columns.prediction.score': 'Column with the probability of the positive class.',
  'columns.prediction.value': 'Column with the value of a regression.',
  'columns.prediction.label': 'Column with the predicted class.',
  'columns.prediction.probabilities': 'Beside `label`, of several classes: class: its probability.',
  'columns.prediction.position': 'Column with the place of an item in its ranking, 1 the first.',
  'columns.prediction.request': 'Ranking: column of what the items were ranked for.',
  'columns.prediction.item': 'Ranking: column of the item.',
  'columns.prediction.relevance': 'Ranking: how relevant it was, where no `labels` say so.',
  'columns.prediction.k': 'Ranking: so many places count; default 10.',
  'columns.prediction.kind': 'What the column holds, when its key does not say it.',
  'columns.prediction.threshold':
    'From this probability on the class is positive: a number, or the column of that of each row.',
  'columns.prediction.higher_is': 'What a high score means.',
  'columns.version': 'Column with the version of the model that answered.',
  'columns.row_source': 'Column that names the upstream of a whole row: a segment by itself.',
  'columns.item':
    'Column of what a row shows or allots, as a recommended product; a ranking names its own.',
  'columns.group':
    'Column of the group that decisions are allocated to, as a region or a merchant.',
  'columns.entity':
    'Columns that together name whom a row is about, as a customer; no features. See `use`.',
  'columns.prediction.use':
    'Which prediction of an entity in a window counts in metrics: `first` or `last`; default each.',
  'columns.weight':
    'Column of what a row weighs, 0 or more, for metrics with `weighted: true`; it may be a feature, too.',
  'columns.arm.column':
    'Column of the arm: drawn at random once for whom a row is about, and kept from then on.',
  'columns.arm.holdout':
    'Values of the arm that lives without the model; all others are of the arm that has it.',
  'columns.traffic.column':
    'Column that tells live rows from shadow rows; checks, alerts and advice are of live ones.',
  'columns.traffic.live': 'Values of live rows.',
  'columns.traffic.shadow':
    'Values of rows that were answered beside them: their metrics are shown apart, and not judged.',
  'columns.action.column': 'Column of the decision that the prediction led to.',
  'columns.action.would_act':
    'Column that is true where the model would act; without it, where it acted or was held out.',
  'columns.action.censors': 'Decisions that hide the outcome, as a block.',
  'columns.action.alters': 'Decisions that may change the outcome or its label, as a challenge.',
  'columns.action.explored':
    'Column that is true where the action was left out at random, decided before the outcome.',
  'columns.action.propensity': 'Column of the chance, 0 to 1, that it acts where it would act.',
  'columns.features.include':
    'The features: `*` is every column that has no role and is no index of pandas.',
  'columns.features.exclude': 'Columns that are no features.',
  'columns.features.overrides': 'What cannot be told from the data, by column.',
  'columns.features.overrides.*.type':
    'How the column is counted: a text by its length, a vector by its norm.',
  'columns.features.overrides.*.importance': 'Its share of importance in the model, 0 to 1.',
  'columns.features.overrides.*.source': 'Its upstream: alerts of one source count as one.',
  'columns.features.overrides.*.min': 'Lower is out of range, whatever the reference has.',
  'columns.features.overrides.*.max': 'Higher is out of range, whatever the reference has.',
  ...labelWords,
  'metrics[].kind': 'What the [server](../how-to/system.md) is.',
  'metrics[].url': 'Where its API begins, as `http://prometheus:9090`, or `env:NAME`.',
  'metrics[].token': 'Secret reference of a bearer token.',
  'metrics[].step':
    'Between two points; default `1m`, more for windows of more than 11,000 minutes.',
  'metrics[].series.*.query': 'A query in PromQL whose answer is one series.',
  'metrics[].series.*.aggregate': 'What the points of a window come to.',
  'reference.drift.kind': 'What the rows are; without it, a training file.',
  'reference.drift.path': 'File or glob of the reference; short for `from: { path }`.',
  'reference.drift.where': 'SQL expression over the columns: which rows count.',
  'reference.drift.from': '`window`, `version`: first date or instant; `training`: the source.',
  ...sourceWords('reference.drift.from', {
    path: 'File or glob of the reference.',
    where: 'SQL expression over the columns: which rows count.',
  }),
  'reference.drift.trained_until': 'Newest training row: the age of the model counts from it.',
  'reference.drift.weight':
    '`training`: column of what a row weighed in training, 0 or more; rows count by it.',
  'reference.drift.to': '`window`, `version`: last date, which belongs to it, or an instant.',
  'reference.drift.windows': '`rolling`: so many windows before the one that is judged.',
  'reference.drift.weekday': '`rolling`, `previous`: only windows of the same weekday.',
  'reference.drift.version': '`version`: rows of this version of the model.',
  'reference.drift.segment': '`segment`: name of a segment, or `row_source`.',
  'reference.drift.value': '`segment`: rows of the same window with this value.',
  'reference.others.*.kind': 'What the rows are; without it, a training file.',
  'reference.others.*.path': 'File or glob of the reference; short for `from: { path }`.',
  'reference.others.*.where': 'SQL expression over the columns: which rows count.',
  'reference.others.*.from': '`window`, `version`: first date or instant; `training`: the source.',
  ...sourceWords('reference.others.*.from', {
    path: 'File or glob of the reference.',
    where: 'SQL expression over the columns: which rows count.',
  }),
  'reference.others.*.trained_until': 'Newest training row: the age of the model counts from it.',
  'reference.others.*.weight': '`training`: column of what a row weighed in training.',
  'reference.others.*.to': '`window`, `version`: last date, which belongs to it, or an instant.',
  'reference.others.*.windows': '`rolling`: so many windows before the one that is judged.',
  'reference.others.*.weekday': '`rolling`, `previous`: only windows of the same weekday.',
  'reference.others.*.version': '`version`: rows of this version of the model.',
  'reference.others.*.segment': '`segment`: name of a segment, or `row_source`.',
  'reference.others.*.value': '`segment`: rows of the same window with this value.',
  'reference.performance.kind':
    '`held_out`: labels of the drift reference; `first_mature`: of the first windows.',
  'reference.performance.size': 'How many first windows, as a length of time; default `28d`.',
  'segments[].name': 'Name of the segment.',
  'segments[].by': 'A column, or an SQL expression over the columns.',
  'segments[].top': 'So many values, the largest ones; the others are one part, `other`.',
  'segments[].min_rows': 'Smaller parts are not judged.',
  'events[].name': 'What happens; findings that it explains say so.',
  'events[].from': 'First date or instant.',
  'events[].to': 'Last date, which belongs to it, or an instant.',
  'events[].effect':
    '`expected`: drift and volume are no news; `exclude`: nor is it compared with later; ' +
    '`fix`, `launch`: expected, and windows before it are no measure of those after it.',
  'events[].repeats': 'The same dates every year.',
  ...checkWords,
  ...retrainingWords,
  'alerts.keep_firing_for': 'Windows that must be ok before an alert ends.',
  'alerts.repeat.critical.every': 'An alert that nobody answers is told again after this.',
  'alerts.repeat.critical.most': 'At most so many times.',
  'alerts.repeat.warning.every': 'The same for a warning.',
  'alerts.repeat.warning.most': 'The same for a warning.',
  'alerts.escalation.critical': 'When the next level is told, since the alert fired.',
  'alerts.escalation.warning': 'The same for a warning.',
  'alerts.chains': 'How many times all levels are gone through.',
  'alerts.ack_expires.critical': 'An acknowledgement is asked about after this.',
  'alerts.ack_expires.warning': 'The same for a warning.',
  'alerts.snooze_max.critical': 'Longest snooze.',
  'alerts.snooze_max.warning': 'The same for a warning.',
  'alerts.reopen_within': 'Trouble that comes back within this continues the episode.',
};
