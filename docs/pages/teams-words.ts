/** What the keys of `teams.yaml` mean. */
export const teamsWords: Readonly<Record<string, string>> = {
  'people.*.name': 'How the person is called in notices; default the key.',
  'people.*.email': 'Mail address.',
  'people.*.slack': 'Slack user id.',
  'teams.*.members': 'Keys of `people`.',
  'teams.*.timezone': 'Zone of the team.',
  'teams.*.channels':
    'In the order of preference; each is the fallback of the one before. `email` and `slack` are ' +
    "every member's own; `slack:#ml`, `email:a@b.c`, `webhook:pager` are shared.",
  'teams.*.policy.steps[].after': 'Time since the alert fired.',
  'teams.*.policy.steps[].to': 'A channel, a person or a team, or a list of them.',
  'teams.*.escalate_to': 'Team of the next level where the policy names no steps.',
  'webhooks.*.url': 'Address; the short form is the address alone.',
  'webhooks.*.secret': 'Key of the signature.',
  root: 'Who hears what reaches nobody else.',
};
