import { formatDuration } from '../calendar/durations.js';
import type { FileSource, SourceSpec } from '../domain/source-spec.js';

/** The keys of a source that lies elsewhere with what holds for them; secrets by their names. */
export function sourceWords(source: Exclude<SourceSpec, FileSource>): [string, string][] {
  const timeout: [string, string] = ['timeout', formatDuration(source.timeout)];
  const rows = (table: string | null, query: string | null): [string, string] =>
    query === null ? ['table', table ?? ''] : ['query', query.replaceAll(/\s+/g, ' ').trim()];
  switch (source.kind) {
    case 'postgres': {
      const { url, table, query, overlap } = source;
      return [['url', url], rows(table, query), ['overlap', formatDuration(overlap)], timeout];
    }
    case 'duckdb':
      return [['path', source.path], rows(source.table, source.query), timeout];
    case 's3': {
      const { path, format, endpoint, region, keys } = source;
      return [
        ['path', path],
        ['format', format],
        ['endpoint', endpoint ?? 'that of AWS'],
        ['region', region],
        ['access_key', keys?.id ?? 'who the machine is for AWS'],
        timeout,
      ];
    }
    case 'http': {
      const { path, format, token, mostBytes } = source;
      const size: [string, string] = ['max_size', `${mostBytes / 1024 ** 2}MB`];
      return [['url', path], ['format', format], ['token', token ?? 'none'], timeout, size];
    }
  }
}
