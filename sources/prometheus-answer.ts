import { SourceError } from '../domain/source.js';
import { fieldOf, parsed, plain } from './answer-text.js';

/** What a server answered: the values of one series in their order, NaN and infinities too. */
export interface Answered {
  /** [] where there is no series, which is no error. */
  points: number[];
  /** What it warns of, as a part that could not be read; '' of nothing. */
  warning: string;
}

/** The values of the one series in the body of a range query. SourceError for any other body. */
export function pointsOf(body: string, named: string): Answered {
  const refuse = (what: string): SourceError => new SourceError(named, null, what);
  const answer = parsed(body);
  const data = fieldOf(answer, 'data');
  const result = fieldOf(data, 'result');
  if (fieldOf(answer, 'status') === 'error') throw refuse(`answers ${refusalOf(body)}`);
  if (fieldOf(data, 'resultType') !== 'matrix' || !Array.isArray(result)) {
    throw refuse('is no API of Prometheus: expected JSON with data of resultType matrix');
  }
  if (result.length > 1) {
    const many = `the query gives ${result.length} series`;
    throw refuse(`${many}; expected one: aggregate in it, as in sum(…) or max(…)`);
  }
  const warnings = fieldOf(answer, 'warnings');
  const warning = Array.isArray(warnings) ? plain(warnings.map(String).join('; ')) : '';
  if (result.length === 0) return { points: [], warning };
  const values = fieldOf(result[0], 'values');
  if (!Array.isArray(values)) throw refuse('the query gives histograms; expected numbers');
  return { points: values.map((pair) => numberOf(pair, refuse)), warning };
}

/** Why a server refuses, as `bad_data: parse error …`, on one line; '' where it does not say. */
export function refusalOf(body: string): string {
  const answer = parsed(body);
  const [type, error] = [fieldOf(answer, 'errorType'), fieldOf(answer, 'error')];
  return plain([type, error].filter((part) => typeof part === 'string').join(': '));
}

const SIGNS: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Inf', Infinity],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
]);

function numberOf(pair: unknown, refuse: (what: string) => SourceError): number {
  const [, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
  if (typeof text === 'string') {
    const sign = SIGNS.get(text);
    if (sign !== undefined) return sign;
    if (text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
  }
  throw refuse('is no API of Prometheus: expected values as [1764547200, "0.25"]');
}
