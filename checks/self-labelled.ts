import { z } from 'zod';
import { ALL_ACTED, HELD } from '../domain/action.js';
import type { SourceOfLabel } from '../domain/label-source.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { groupOf, lastOutcomes, undecided } from './decisions.js';
import { isSourced, labelledIn, rowsIn } from './label-sources.js';
import type { Labelled } from './label-sources.js';
import { matureOutcomes } from './mature.js';
import { ofVersion, versionsIn } from './outcomes.js';

/** What the shares may be; that of the scores where no row is held out at random. */
const MOST = { made: 0.2, positives: 0.5, scores: 0.3 } as const;

/** Where the model has a hand in the label itself. */
const MADE: readonly SourceOfLabel[] = ['model', 'rule', 'human_assisted'];

/** `share` of `n` labels. */
interface Part {
  share: number;
  n: number;
}

/** How far the labels of some rows come from the model; null: nobody says. */
interface Parts {
  /** Made by the model, a rule derived from it, or somebody who saw its answer. */
  made: Part | null;
  /** Of rows that were acted on. */
  acted: Part | null;
  /** Positives of such rows among all positives. */
  positives: Part | null;
  /** Scores of such rows among those of all labelled rows, by their sums. */
  scores: Part | null;
  /** Mean score and share of positives of the labelled rows. */
  means: { score: number; label: number } | null;
}

function partOf(some: readonly Labelled[], all: readonly Labelled[]): Part | null {
  const n = rowsIn(all);
  return n === 0 ? null : { share: rowsIn(some) / n, n };
}

const scoresOf = (some: readonly Labelled[]): number =>
  some.reduce((sum, { scores }) => sum + scores, 0);

const positiveOf = (some: readonly Labelled[]): Labelled[] =>
  some.filter(({ positive }) => positive);

function partsOf(outcomes: Outcomes): Parts {
  const rows = labelledIn(outcomes);
  const told = rows.filter(({ source }) => source !== '');
  const decided = rows.filter(({ decision }) => decision !== '');
  const acted = decided.filter(({ decision }) => ALL_ACTED.includes(decision));
  const [mass, all] = [scoresOf(decided), scoresOf(rows)];
  const n = rowsIn(rows);
  return {
    made: partOf(
      told.filter(({ source }) => MADE.includes(source)),
      told,
    ),
    acted: partOf(acted, decided),
    positives: partOf(positiveOf(acted), positiveOf(decided)),
    scores: mass > 0 ? { share: scoresOf(acted) / mass, n: rowsIn(decided) } : null,
    means: all >= 0 && n > 0 ? { score: all / n, label: rowsIn(positiveOf(rows)) / n } : null,
  };
}

/** The largest share over what it may be; null: there is none. */
function worstOf({ made, positives, scores }: Parts, held: number): number | null {
  const shares = { made, positives, scores: held > 0 ? null : scores };
  const over = (['made', 'positives', 'scores'] as const).flatMap((name) => {
    const part = shares[name];
    return part === null ? [] : [part.share / MOST[name]];
  });
  return over.length === 0 ? null : Math.max(...over);
}

const UNSOURCED = 'log who made each label, and name that column as labels[].label_source';

/** What is missing to say more, and what to start logging; null: nothing is. */
function missing(
  { current }: Evidence,
  { made, acted }: Parts,
): Record<'made' | 'acted', string | null> {
  const untold = isSourced(current.outcomes) ? 'no label says who made it' : 'not counted';
  return {
    made: made === null ? `who made the labels is not known (${untold}): ${UNSOURCED}` : null,
    acted:
      acted === null
        ? (undecided(current) ??
          'which rows were acted on is not known: log it, and name that column as columns.action')
        : null,
  };
}

/**
 * How far labels come from the model, of four shares: of labels made by the model, a rule derived
 * from it, or somebody who saw its answer (20 % at most), of labels of rows acted on, of positives
 * of such rows among all (50 % at most), and of the scores of such rows among those of all labelled
 * rows (30 % at most where no row of four windows was held out at random). Counted, without a test;
 * `details.versions`: the same by version. It says how data flow, not that labels are wrong.
 */
export const selfLabelled: Written<object> = {
  name: 'self_labelled',
  question: 'How many of the labels does the model make itself?',
  unit: 'largest share / what it may be, >= 0',
  category: 'feedback-loop',
  action:
    'Log who made each label, leave labels that the model made out of training and metrics, and ' +
    'hold rows out at random where it acts.',
  over: 'label',
  needs: ['outcomes', 'labels', 'history'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: { above: 1 }, alert: null, minRows: 100, rule: 'calibrated' },
  measure(evidence) {
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const { labelled: nCurrent } = groupOf([outcomes]);
    const parts = partsOf(outcomes);
    const unknown = missing(evidence, parts);
    const held = groupOf(lastOutcomes(evidence), HELD).rows;
    const value = worstOf(parts, held);
    if (value === null) {
      const notes = [unknown.made, unknown.acted].filter((note) => note !== null);
      if (unknown.acted === null) notes.push('no label is positive');
      return noReading('insufficient_data', notes.join('; '), { nCurrent });
    }
    const versions = versionsIn(outcomes).map((version) => {
      return { version, ...partsOf(ofVersion(version, outcomes)) };
    });
    return reading({ value, nCurrent, details: { ...parts, held, unknown, versions } });
  },
  say: (given) => [...saidOf(given), ...saidByVersion(given)].join(' '),
};

/** A sentence each of who made the labels, of rows acted on, and of scores beside labels. */
function saidOf({ nCurrent, details }: Reading): string[] {
  const { made, acted, positives, scores, means } = details as unknown as Parts;
  const unknown = details['unknown'] as ReturnType<typeof missing>;
  const sentence = (text: string | null) =>
    text === null ? [] : [`${text.charAt(0).toUpperCase()}${text.slice(1)}.`];
  const most = (share: number, when = '') => `(${percent(share)} at most${when})`;
  const by =
    made &&
    `${percent(made.share)} of ${figure(made.n)} labels that say who made them come from the ` +
      `model, a rule derived from it, or people who saw its answer ${most(MOST.made)}`;
  const positive =
    positives &&
    `, as are ${percent(positives.share)} of ${figure(positives.n)} positives ${most(MOST.positives)}`;
  const bound =
    Number(details['held']) > 0
      ? '(rows are held out)'
      : most(MOST.scores, ' where no row is held out at random');
  const mass = scores && `; those rows hold ${percent(scores.share)} of the sum of scores ${bound}`;
  const of =
    acted &&
    `${percent(acted.share)} of ${figure(acted.n)} labels are of rows acted on` +
      `${positive ?? ''}${mass ?? ''}`;
  const beside =
    means &&
    `scores are ${percent(means.score)} on average, ${percent(means.label)} of ` +
      `${figure(nCurrent)} labels are positive`;
  return [by ?? unknown.made, of ?? unknown.acted, beside].flatMap(sentence);
}

/** Where several versions answered: what of their labels comes from them. */
function saidByVersion({ details }: Reading): string[] {
  const versions = details['versions'] as readonly (Parts & { version: string })[];
  const told = versions.flatMap(({ version, made, acted }) => {
    const part = made ?? acted;
    return part === null ? [] : [`${version} ${percent(part.share)}`];
  });
  return told.length < 2 ? [] : [`By version: ${told.join(', ')}.`];
}
