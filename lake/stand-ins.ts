import type { Monitor, StandIn } from '../domain/monitor.js';
import type { Counts } from '../domain/profile.js';
import type { Located } from '../domain/source.js';
import { absenceOf } from './absent-labels.js';
import { ask, perform } from './ask.js';
import type { Row } from './ask.js';
import type { Duck } from './duck.js';
import { withLabels } from './profile-labels.js';
import { isMature } from './profile-projections.js';
import { predictionOf } from './profile-predicted.js';
import { isKnown, keyOf, labelOf } from './profile-projections.js';
import type { OpenLabels, Relation } from './profile-projections.js';
import { withSource } from './profile-source.js';
import type { ProfileRequest } from './profile-source.js';
import { fresh } from './window-files.js';

/** Labels that stand in, and where they are. */
export interface Beside {
  standIn: StandIn;
  located: Located;
}

/**
 * How labels that stand in meet the rows of a window, the answer `stand_ins` of a profile: rows `n`
 * by `name`, `predicted`, `target` and `label`, '' for none; all as far as they are known. Reads
 * only. Throws SourceError when a file cannot be read or lacks a column of the join.
 */
export async function profileStandIns(
  db: Duck,
  request: ProfileRequest,
  beside: readonly Beside[],
): Promise<Counts> {
  const opened = { ...request, beside: beside.map(({ located }) => located) };
  const cells = await withSource(db, opened, async ({ db: own, rows, window }) => {
    if (window === null) return [];
    const here = { view: window.view, types: rows.types, files: rows.view };
    const found: Row[] = [];
    for (const one of beside) {
      const met = await meet(own, { request, rows: here }, one);
      found.push(...met.map((row) => ({ ...row, name: one.standIn.name })));
    }
    return found;
  });
  const texts = (name: string) => cells.map((row) => String(row[name]));
  return {
    by: {
      ...{ name: texts('name'), predicted: texts('predicted') },
      ...{ target: texts('target'), label: texts('label') },
    },
    sums: { n: Float64Array.from(cells, (row) => Number(row['n'])) },
  };
}

interface Here {
  request: ProfileRequest;
  rows: Relation & { files: string };
}

function meet(db: Duck, { request, rows }: Here, { standIn, located }: Beside): Promise<Row[]> {
  const { labels, ...rest } = request.monitor;
  const own = { ...rest, labels: standIn };
  return withLabels(db, { monitor: request.monitor, rows, labels: request.labels }, (target) =>
    withLabels(db, { monitor: own, rows, labels: located }, async (other) => {
      const made: string[] = [];
      const view = async (select: string) => {
        const name = fresh('met');
        await perform(db, `create view ${name} as ${select}`);
        made.push(`drop view ${name}`);
        return name;
      };
      const making = { rows, request, view, made };
      try {
        const sides = [
          await sideOf(db, making, { monitor: { ...rest, labels }, labels: target }),
          await sideOf(db, making, { monitor: own, labels: other }),
        ] as const;
        const joined = await joinedOf(making, sides);
        return await ask(db, 'performance/stand_ins', { joined });
      } finally {
        if (made.length > 0) await perform(db, made.reverse().join('; '));
      }
    }),
  );
}

interface Making extends Here {
  view: (select: string) => Promise<string>;
  /** What takes it away again. */
  made: string[];
}

/** SQL of how labels of one source find the rows. */
interface Side {
  /** Of a row: the key of its label, whether it is so old that no label says something. */
  key: string;
  ripe: string;
  /** Of a row: the label that it holds itself, '' for none. */
  own: string;
  /** Of rows `p` with key and ripe: the label, and the join that finds it; null: rows hold it. */
  found: { label: string; join: string } | null;
}

async function sideOf(
  db: Duck,
  { rows, request, view, made }: Making,
  { monitor, labels }: { monitor: Monitor; labels: OpenLabels | null },
): Promise<Side> {
  const inside = { key: 'null', ripe: 'false', found: null };
  if (labels === null) return { ...inside, own: "''" };
  const { knownAt, window } = request;
  const label = labelOf(
    monitor,
    labels,
    isMature(window, monitor.labels?.matureAfter ?? 0, knownAt),
  );
  if (labels.keys === null) {
    const known = `case when ${isKnown(knownAt)} then value else '' end`;
    return { ...inside, own: `(select ${known} from (select ${label}))` };
  }
  const { keys } = labels;
  const key = keyOf(keys.predictions);
  const { ripe, ...absence } = await absenceOf(
    db,
    { monitor, labels: { ...labels, keys }, knownAt },
    rows.view,
  );
  const came = await view(`select ${keyOf(keys.labels)} as key, ${label} from ${labels.view}`);
  const table = fresh('labels');
  made.push(`drop table if exists ${table}`);
  const asked = { rows: came, keys: { select: `select ${key} as key from ${rows.view}` } };
  await ask(db, 'performance/labels', { ...asked, table, known_ms: knownAt });
  const join = `left join ${table} as l on ${absence.key} = l.key`;
  return { key, ripe, own: "''", found: { label: absence.label(came), join } };
}

/** A view of one row a prediction, as sql/performance/stand_ins.sql takes it. */
async function joinedOf(
  { rows, request: { monitor }, view }: Making,
  [target, other]: readonly [Side, Side],
): Promise<string> {
  const told = ({ key, ripe, own }: Side, of: string) =>
    `${key} as ${of}_key, ${ripe} as ${of}_ripe, ${own} as ${of}_own`;
  const all = await view(
    `select ${predictionOf(monitor, rows)}, ${told(target, 'target')}, ${told(other, 'other')} ` +
      `from ${rows.view}`,
  );
  const labelled = ({ found }: Side, from: string, of: string) =>
    `select p.*, ${found?.label ?? `p.${of}_own`} as ${of} ` +
    `from (select *, ${of}_key as key, ${of}_ripe as ripe from ${from}) as p ${found?.join ?? ''}`;
  const first = await view(
    `select * exclude (key, ripe) from (${labelled(target, all, 'target')})`,
  );
  return view(`select predicted, target, other as label from (${labelled(other, first, 'other')})`);
}
