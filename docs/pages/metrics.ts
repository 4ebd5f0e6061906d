import { metricRows } from '../../app/metrics.js';
import { code, markdownTable, pageHead } from './text.js';

const ABOUT = `What \`aftercare serve\` answers at \`/metrics\`, for Prometheus: all gauges, read from
the lake at each scrape. A model shows at most 200 findings, of its newest window. Workers give the
metrics of Temporal's SDK at the port of \`--metrics-port\`.`;

/** `reference/metrics.md`. */
export function metricsPage(): string {
  const rows = Object.values(metricRows).map(({ name, help, labels }) => [
    code(name),
    `${help}.`,
    labels.map(code).join(', '),
  ]);
  return `${pageHead('Metrics', ABOUT)}\n${markdownTable(['metric', 'meaning', 'labels'], rows)}\n`;
}
