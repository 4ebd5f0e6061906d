/** One monitor that says everything it can: where the examples in errors come from. */
export const exampleMonitor = {
  version: 1,
  model: {
    id: 'card-fraud',
    task: 'binary',
    owners: {
      data: 'team:payments-data',
      model: 'team:fraud-ml',
      system: 'team:platform',
      approvers: 'team:ml-leads',
    },
    tags: ['payments'],
  },
  schedule: { lag: '2h', catchup: '7d', on: 'time' },
  windows: { size: '1d', timezone: 'Europe/Paris', align: 'monday', min_rows: 100 },
  predictions: {
    from: { kind: 'parquet', path: 'data/fraud/dt={date}/*.parquet', where: "env = 'prod'" },
    ready: { marker: '_SUCCESS', wait: '6h' },
    late: { reread: ['1d', '7d'], restate_above: '0.5%' },
  },
  joins: [
    {
      name: 'decisions',
      from: { kind: 'parquet', path: 'data/decisions/{date}.parquet', where: 'final' },
      ...{ on: { tx_id: 'tx_id' }, columns: ['decision', 'region'], expect: 'at_most_one' },
    },
  ],
  columns: {
    id: ['tx_id'],
    entity: ['customer_id'],
    timestamp: { column: 'scored_at', timezone: 'UTC' },
    prediction: {
      score: 'p',
      kind: 'probability',
      higher_is: 'positive',
      threshold: 0.5,
      use: 'first',
    },
    version: 'model_version',
    row_source: 'feed',
    item: 'offer',
    group: 'region',
    weight: 'eur',
    arm: { column: 'arm', holdout: ['control'] },
    traffic: { column: 'lane', live: ['champion'], shadow: ['challenger'] },
    action: {
      column: 'decision',
      would_act: 'would_block',
      censors: ['block'],
      alters: ['challenge'],
      explored: 'held_out',
      propensity: 'p_block',
    },
    features: {
      include: '*',
      exclude: ['internal_note'],
      overrides: {
        income: { type: 'numeric', importance: 0.2, source: 'bureau', min: 0, max: 1e6 },
      },
    },
  },
  labels: [
    {
      name: 'chargeback',
      role: 'target',
      from: { kind: 'csv', path: 'data/chargebacks/{date}.csv', where: 'amount > 0' },
      join: { on: { tx_id: 'tx_id' }, match: 'one' },
      value: 'outcome',
      positive: ['fraud'],
      timestamp: 'label_ts',
      absent: { after: '30d', means: 'negative', when_acted: 'unknown' },
      ...{ mature_after: '30d', min_coverage: 0.8 },
      label_source: {
        column: 'labelled_by',
        ...{ model: ['auto'], rule: ['rules'], human_assisted: ['analyst'] },
        ...{ human_blind: ['auditor'], blind_at_random: true },
      },
    },
  ],
  metrics: [
    {
      kind: 'prometheus',
      url: 'env:PROM_URL',
      token: 'env:PROM_TOKEN',
      step: '1m',
      series: {
        latency_p95: {
          query:
            'histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[5m])))',
          aggregate: 'max',
        },
      },
    },
  ],
  reference: {
    drift: { kind: 'training', path: 'data/train.parquet', trained_until: '2026-09-01' },
    others: {
      yesterday: { kind: 'previous', weekday: false },
      usual: { kind: 'rolling', windows: 28, weekday: true },
      summer: { kind: 'window', from: '2026-06-01', to: '2026-08-31' },
      old_model: { kind: 'version', version: 'v3', from: '2026-06-01', to: '2026-06-30' },
      france: { kind: 'segment', segment: 'country', value: 'FR' },
    },
    performance: { kind: 'first_mature', size: '28d' },
  },
  segments: [{ name: 'country', by: 'country', top: 8, min_rows: 500 }],
  events: [
    {
      name: 'Black Friday',
      from: '2026-11-27',
      to: '2026-11-30',
      effect: 'expected',
      repeats: 'yearly',
    },
  ],
  checks: [
    { check: 'psi', columns: ['amount'], warn: 0.05, alert: 0.25, min_rows: 100, for: 2 },
    { check: 'psi', name: 'psi_sudden', against: 'yesterday', warn: 0.1 },
    { check: 'roc_auc', warn: { drop: 0.02 }, alert: { drop: '5%' }, every: '7d' },
    { check: 'freshness', warn: '6h', alert: '24h', rule: 'fixed' },
    {
      check: 'system_metric',
      targets: ['latency_p95'],
      warn: { above: 0.3 },
      alert: { drop: '50%' },
      versus: 'week_before',
      worse: 'higher',
    },
    {
      check: 'custom',
      name: 'refund_rate',
      sql: 'avg(refunded::int)',
      warn: { above: 0.03 },
      category: 'kpi',
      action: 'Ask the payments desk.',
      impact: 'Refunds cost 40 euros each.',
    },
  ],
  retraining: {
    metric: 'roc_auc',
    cooldown: '14d',
    approvals: {
      quorum: [{ role: 'approvers', count: 1 }],
      four_eyes: 'auto',
      expires: '7d',
      reminders: ['24h', '72h'],
      cooling: '5m',
    },
    trigger: {
      kind: 'http',
      url: 'env:RETRAIN_URL',
      secret: 'env:RETRAIN_SECRET',
      ref: 'run.id',
      poll: { url: 'https://trainer.example.com/runs/{ref}', every: '1m' },
      timeout: '6h',
    },
    gate: { metric: 'roc_auc', margin: 0.002 },
    loop: {
      handling: 'ipw',
      reviewed: {
        ...{ suppression: [0, 0.4], calibration_break: [1, 3] },
        ...{ label_coverage: [0, 1], censored_positives: [0, 0.4] },
      },
    },
    cost: {
      ...{ per_retraining: 400, per_false_positive: 2, per_false_negative: 80 },
      ...{ recovers: 0.7, rule: 'expected' },
    },
  },
  alerts: {
    keep_firing_for: 2,
    repeat: { critical: { every: '4h', most: 6 }, warning: { every: '24h', most: 5 } },
    escalation: { critical: ['30m', '60m'], warning: ['24h'] },
    chains: 3,
    ack_expires: { critical: '24h', warning: '72h' },
    snooze_max: { critical: '7d', warning: '30d' },
    reopen_within: '24h',
  },
};

/** Maps whose keys are names that a file chooses. */
export const tablesOfNames = ['others', 'overrides', 'people', 'series', 'teams', 'webhooks'];

/** What a file of eight lines says, for the sections that it may not leave out. */
export const shortestMonitor = {
  version: 1,
  model: { id: 'churn', owners: 'team:growth-ml' },
  windows: { size: '1d' },
  predictions: { from: { path: 'data/churn/*.parquet' } },
  columns: { timestamp: 'scored_at' },
  reference: { drift: { kind: 'training', path: 'data/train.parquet' } },
};
