import type { Notice, Target } from '../../domain/notice.js';

/** A notice as the alert entity would send it; `change` says what matters in the test. */
export function aNotice(change: Partial<Notice> = {}): Notice {
  return {
    deliveryId: 'alert-churn-drift-1x2y3z.1.4.0',
    thread: 'churn.drift.1',
    threadRef: null,
    form: 'new',
    subject: '[churn] drift: psi of income 0.312 >= 0.25 since 2026-11-15',
    text: [
      'churn: drift since 2026-11-15T00:00:00Z, in 2 of the last 3 windows.',
      '',
      '- psi(income) is 0.312, alert at 0.25: median 41.0 → 57.2',
      '- psi(tenure_months) is 0.061, warn at 0.05',
      'What to do: find out upstream what changed; compare the bins named here.',
      '',
      'aftercare alerts show churn/drift#1',
      'aftercare alerts ack churn/drift#1 --as <you> --reason "…"',
    ].join('\n'),
    severity: 'critical',
    facts: [
      { label: 'Window', value: '2026-11-15 → 2026-11-22' },
      { label: 'Owner', value: 'team:growth-ml' },
    ],
    picture: null,
    data: { model: 'churn', category: 'drift' },
    at: Date.UTC(2025, 10, 22, 12),
    ...change,
  };
}

/** Text that would do something where it is not escaped. */
export const hostile =
  '<!channel> <@U123> <https://evil.example|click> & </td><script>alert(1)</script>' +
  '<img src=x onerror=alert(1)>\r\nBcc: evil@example.com\u2028\u0000"\'`*bold*';

/** A target of each channel. */
export const targets: Readonly<Record<Target['channel'], Target>> = {
  email: { channel: 'email', address: 'ana@example.com' },
  slack: { channel: 'slack', address: '#ml' },
  webhook: { channel: 'webhook', address: 'pager' },
};
