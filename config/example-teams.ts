/** A teams.yaml that says everything it can. */
export const exampleTeams = {
  people: {
    ana: { name: 'Ana', email: 'ana@example.com', slack: 'U0123ABCD' },
    bo: { email: 'bo@example.com' },
  },
  teams: {
    'growth-ml': {
      members: ['ana', 'bo'],
      timezone: 'Europe/Paris',
      channels: ['slack:#ml', 'email'],
      policy: {
        steps: [
          { after: '0m', to: 'slack:#ml' },
          { after: '30m', to: ['team:ml-leads'] },
        ],
      },
      escalate_to: 'ml-leads',
    },
    'ml-leads': { members: ['ana'], channels: ['email'] },
  },
  webhooks: { pager: { url: 'https://hooks.example.com/aftercare', secret: 'env:PAGER_SECRET' } },
  root: 'team:ml-leads',
};
