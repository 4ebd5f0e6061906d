import { sourceWords } from './source-words.js';

/** What the keys of an entry of `labels` mean. */
export const labelWords: Readonly<Record<string, string>> = {
  'labels[].name': 'Name of the label source.',
  'labels[].role':
    'What the label is: the `target`, in the first entry; in others an `early_proxy` for it, or the ' +
    '`review` of somebody who saw what was decided.',
  ...sourceWords('labels[].from', {
    path: 'Where labels are; without `from`, `value` is a column of the predictions.',
    where: 'SQL expression over the columns: which labels count.',
  }),
  'labels[].join.on': 'Column of the predictions: column of the labels; default the id.',
  'labels[].join.entity':
    'Column, or several, of whom labels are about; `on` where it is called otherwise there.',
  'labels[].join.match':
    'Which label a row has: the `one` of its key, or the `first_after` it of its entity.',
  'labels[].join.within':
    '`first_after`: a label comes less than this after the event time of the row.',
  'labels[].value': 'Column with the label.',
  'labels[].positive':
    'Values that count as positive, all others as negative; default `1` and `true`, and then ' +
    'only `0`, `false` and `-1` are negative.',
  'labels[].timestamp':
    'Column with the instant when the label became known; without it, once mature.',
  'labels[].absent.after':
    'A row that has no label so long after its own time counts as `means` says; without `absent`, ' +
    'it is unknown.',
  'labels[].absent.means': 'What such a row is.',
  'labels[].absent.when_acted':
    'What it is where an action censored or altered it: `unknown` leaves out all rows acted on, ' +
    'also those with a label.',
  'labels[].mature_after':
    'How long after a window its labels are complete; default `absent.after`, and at least that.',
  'labels[].min_coverage':
    'Share of the rows that has to have a label then, of those that were not censored by an ' +
    'action; with surely fewer the labels are at fault, and nothing is judged by them.',
  'labels[].label_source.column':
    'Column that says who made the label; what is in none of these lists is an outcome.',
  'labels[].label_source.model': 'Values of what the model itself made.',
  'labels[].label_source.rule': 'Values of rules that were derived from the model.',
  'labels[].label_source.human_assisted': "Values of people who saw the model's answer.",
  'labels[].label_source.human_blind': 'Values of people who did not see it.',
  'labels[].label_source.blind_at_random':
    'Whether all rows that are labelled blind were drawn at random; only then a cause is told.',
};
