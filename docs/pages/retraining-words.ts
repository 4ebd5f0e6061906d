/** What each key below `retraining` means. */
export const retrainingWords: Readonly<Record<string, string>> = {
  'retraining.metric':
    'The realised metric that decides; default `roc_auc`; of several classes `accuracy`, of a ' +
    'regression `rmse`, of a ranking `ndcg`.',
  'retraining.cooldown': 'After a retraining, the advice opens no other one for so long.',
  'retraining.approvals.quorum[].role': 'Who approves: `approvers`, a team or a person.',
  'retraining.approvals.quorum[].count': 'How many of them.',
  'retraining.approvals.four_eyes':
    '`auto`: the requester cannot approve where two people can; `off`: may.',
  'retraining.approvals.expires': 'A request that nobody decided ends then.',
  'retraining.approvals.reminders': 'When approvers are reminded, since the request was opened.',
  'retraining.approvals.cooling': 'Between the last approval and the start: time to cancel.',
  'retraining.trigger.kind': 'How the [training job](../how-to/retraining.md) is started.',
  'retraining.trigger.command': '`command`: the program and its arguments; no shell.',
  'retraining.trigger.cwd': '`command`: where it runs; default the folder of the worker.',
  'retraining.trigger.env': '`command`: variables of the worker that it is given.',
  'retraining.trigger.timeout':
    'The job has failed when it takes longer: a command is stopped then, and an end that is ' +
    'reported up to 2 minutes later still counts; default `6h`.',
  'retraining.trigger.url': '`http`: address of the start; `env:NAME` where it holds a secret.',
  'retraining.trigger.secret': '`http`: key of the signature.',
  'retraining.trigger.ref': '`http`: where the answer names the run; default `Location`.',
  'retraining.trigger.poll.url': '`http`: where the state is asked for, with `{ref}` in it.',
  'retraining.trigger.poll.every': '`http`: how often; default `1m`.',
  'retraining.gate.metric':
    'Metric of the comparison of champion and challenger; default `retraining.metric`.',
  'retraining.gate.margin': 'By how much the challenger may be worse, at 95 % confidence.',
  'retraining.loop.handling':
    'What training does with rows acted on: `ipw` weights those held out by one over their chance ' +
    'and leaves the others out, `exclude_acted` leaves them all out. It counts once the version ' +
    'that was registered last [says so](../advice.md#a-loop-that-is-handled); default `none`.',
  'retraining.loop.reviewed.suppression':
    'The effect as it was reviewed, [from, to] in units of the check: surely beyond it, the loop ' +
    'is not handled any more. Absent: whatever its size.',
  'retraining.loop.reviewed.calibration_break': 'The same of `calibration_break`.',
  'retraining.loop.reviewed.label_coverage': 'The same of `label_coverage`.',
  'retraining.loop.reviewed.censored_positives': 'The same of `censored_positives`.',
  'retraining.cost.per_retraining':
    'What a retraining costs, with its validation and release; task binary only. With costs the ' +
    'advice goes by [what waiting costs](../advice.md#what-waiting-costs), without by skill.',
  'retraining.cost.per_false_positive': 'What a false positive costs, in the same currency.',
  'retraining.cost.per_false_negative': 'What a false negative costs.',
  'retraining.cost.recovers':
    'Share of what mistakes cost beyond the reference that a retraining takes away, up to 1; ' +
    'absent: [what past ones brought back](../advice.md#what-waiting-costs), 0.7 before there is one.',
  'retraining.cost.rule':
    '`expected`: what waiting is expected to cost in the next 14 days; `cumulative`: what it has ' +
    'cost since the last retraining.',
};
