import type { Monitor } from '../domain/monitor.js';
import { quoteName, quoteText } from './ask.js';
import { classesOf } from './profile-answers.js';
import { decisionOf, propensityOf } from './profile-decisions.js';
import { carriedNames, namesOf } from './profile-named.js';
import { probabilityOf } from './profile-probability.js';
import { positives } from './profile-projections.js';
import type { Relation } from './profile-projections.js';
import { weightName, weightOf } from './profile-weights.js';
import { plainText } from './window-time.js';

/** What a question of the task carries beside score, predicted and version. */
export function carriedOf(monitor: Monitor): string {
  const { prediction, action } = monitor.columns;
  const names = `${weightName(monitor)}${carriedNames(monitor)}`;
  if (prediction?.ranking !== undefined) return `, request, place${names}`;
  if (prediction?.probabilities !== undefined) return `, chances${names}`;
  if (action === undefined) return names;
  const chance = action.propensity === undefined ? '' : ', propensity';
  return `, decision${chance}${names}`;
}

/** SQL of score DOUBLE, predicted and version: '' for none; and of what the task carries. */
export function predictionOf(monitor: Monitor, relation: Relation): string {
  const { score, above, predicted } = answerOf(monitor, relation);
  const answer = above === null ? predicted : cutClass(`(${above})`);
  return (
    `${score} as score, ${answer} as predicted, ${versionOf(monitor, relation)} as version` +
    `${carrying(monitor, relation)}${weightOf(monitor, relation.types)}${namesOf(monitor, relation.types)}`
  );
}

function carrying(monitor: Monitor, { types }: Relation): string {
  const { prediction } = monitor.columns;
  const number = (column: string | undefined) =>
    column !== undefined && column in types ? `${quoteName(column)}::double` : 'null::double';
  if (prediction?.ranking !== undefined) {
    const { request } = prediction.ranking;
    const name = request in types ? `${quoteName(request)}::varchar` : 'null::varchar';
    return `, ${name} as request, ${number(prediction.column)} as place`;
  }
  if (prediction?.probabilities === undefined) {
    const { action } = monitor.columns;
    if (action === undefined) return '';
    return `, ${decisionOf(action, types)} as decision${propensityOf(action, types)}`;
  }
  const chances = classesOf(monitor).map((name) => number(prediction.probabilities?.[name]));
  return `, [${chances.join(', ')}] as chances`;
}

/** SQL of the version, '' for none. */
export function versionOf({ columns: { version } }: Monitor, { types }: Relation): string {
  const none = version === null || !(version in types);
  return none ? "''" : `coalesce(${quoteName(version)}::varchar, '')`;
}

/** Column that tells whether a score is from the threshold on. */
export const ABOVE = quoteName('from the threshold on');

/** SQL of the class of a score that is from the threshold on, or not. */
const cutClass = (above: string): string =>
  `case when ${above} then '1' when not ${above} then '0' else '' end`;

/** SQL of what a prediction says. */
interface Answer {
  /** DOUBLE, null for none. */
  score: string;
  /** Whether it is from the threshold on, null for none; null: nothing has a threshold. */
  above: string | null;
  /** The class, VARCHAR, '' for none; of a column ABOVE, or of the prediction's own. */
  predicted: string;
}

export function answerOf(monitor: Monitor, { types }: Relation): Answer {
  const { prediction } = monitor.columns;
  const none = { score: 'null::double', above: null, predicted: "''" };
  if (prediction === null || !(prediction.column in types)) return none;
  const column = quoteName(prediction.column);
  switch (prediction.kind) {
    case 'value':
      return { ...none, score: `${column}::double` };
    case 'probability':
      return { ...probabilityOf(prediction, types), predicted: cutClass(ABOVE) };
    case 'ranking':
      return none;
    case 'label': {
      const text = plainText(column, types[prediction.column] ?? '');
      return { ...none, predicted: `coalesce(${classOf(text, positives(monitor))}, '')` };
    }
  }
}

/** '1' and '0' where classes are positive or not, else the class. */
function classOf(text: string, positive: readonly string[]): string {
  if (positive.length === 0) return text;
  const list = positive.map(quoteText).join(', ');
  return `case when ${text} is null then null when ${text} in (${list}) then '1' else '0' end`;
}
