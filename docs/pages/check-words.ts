/** What the keys of an entry of `checks` mean. */
export const checkWords: Readonly<Record<string, string>> = {
  'checks[].check': 'Name of the [check](checks.md).',
  'checks[].name': 'What its findings are called, where a check is asked twice.',
  'checks[].against': 'Name of the reference among `reference.others`; default `reference.drift`.',
  'checks[].columns': 'Features that it is asked about; default all that it applies to.',
  'checks[].targets':
    'The same as `columns`; of a check over metrics, which metrics; of `system_metric`, which series.',
  'checks[].warn': 'Limit of a warning; `null`: none.',
  'checks[].warn.above': 'Higher than this.',
  'checks[].warn.below': 'Lower than this.',
  'checks[].warn.drop': 'Lost against the reference: `0.02` absolute, `5%` relative.',
  'checks[].alert': 'Limit of an alert; `null`: none.',
  'checks[].alert.above': 'Higher than this.',
  'checks[].alert.below': 'Lower than this.',
  'checks[].alert.drop': 'Lost against the reference: `0.02` absolute, `5%` relative.',
  'checks[].min_rows': 'Fewer rows give `unknown`.',
  'checks[].rule': '`fixed`: the limits alone decide, whatever chance explains.',
  'checks[].for': 'Windows running that must be bad before an alert fires.',
  'checks[].base': 'Base of the logarithm: `e`, `2`, `10`.',
  'checks[].form': 'Which form of the statistic.',
  'checks[].scaled': 'In standard deviations of the reference.',
  'checks[].corrected': 'Without what chance adds.',
  'checks[].weighted': 'Each row of the metric counts by `columns.weight`; default false.',
  'checks[].threshold':
    'Scores from here on are positive; default the threshold of the prediction.',
  'checks[].metric': 'The metric that is estimated; default `roc_auc`, of a regression `mae`.',
  'checks[].average':
    'Of several classes: `macro` their mean (default), `weighted` by their labels, `micro` pooled.',
  'checks[].beta': 'How much more recall weighs than precision; default 2.',
  'checks[].top': 'The share of the rows with the highest scores; default 0.1.',
  'checks[].k': 'So many of the most probable classes; default 2.',
  'checks[].q': 'The quantile that is predicted; default 0.5.',
  'checks[].versus':
    'What a drop counts from: `usual`, the median of the last 28 windows, or `week_before`; default ' +
    '`usual`, of `custom` `reference`.',
  'checks[].worse': 'Which way is a drop; default `higher`, of `custom` `lower`.',
  'checks[].sql': '`custom`: one SQL aggregate over the columns, as `avg(amount)`.',
  'checks[].category': '`custom`: whose trouble it is; default `kpi`, of the owner of the model.',
  'checks[].action': '`custom`: what to do when it fires, for the notice.',
  'checks[].impact': '`custom`: what it costs, for the notice.',
  'checks[].every': 'Look only once in this time.',
};
