/** Who may import whom: ARCHITECTURE.md draws it. One-hop rules; type-only imports count. */
const own =
  'domain|stats|calendar|checks|lake|sources|notifiers|trainers|charts|workflows|activities|' +
  'config|app|workers|cli|api|examples';
const only = (from, ...to) => ({
  name: `${from}-imports`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: `^(${own})/`, pathNot: `^(${[from, ...to].join('|')})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    only('domain', 'stats'),
    only('stats', 'domain'),
    only('calendar', 'domain'),
    only('checks', 'domain', 'stats'),
    only('lake', 'domain'),
    only('sources', 'domain', 'calendar'),
    only('notifiers', 'domain'),
    only('trainers', 'domain'),
    only('charts', 'domain'),
    only('config', 'domain', 'checks', 'calendar'),
    {
      name: 'workflows-imports',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: `^(${own})/`, pathNot: '^(workflows|domain|activities)/' },
    },
    {
      name: 'workflows-take-only-types-of-activities',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'activities-imports',
      severity: 'error',
      from: { path: '^activities/' },
      to: { path: '^(app|config|workers|cli|examples|workflows/(?!messages))' },
    },
    {
      name: 'app-imports',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^(cli|workers)/|^workflows/(?!messages)' },
    },
    only('workers', 'app', 'activities', 'domain', 'workflows'),
    only('api', 'app', 'domain'),
    only('cli', 'app', 'domain', 'calendar', 'workers', 'api'),
    {
      name: 'domain-and-stats-import-no-package',
      severity: 'error',
      from: { path: '^(domain|stats)/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'] },
    },
    {
      name: 'only-lake-knows-duckdb',
      severity: 'error',
      from: { path: `^(${own})/`, pathNot: '^lake/' },
      to: { path: '@duckdb' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|coverage)' },
  },
};
