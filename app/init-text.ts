import { Document, isMap, isCollection } from 'yaml';
import type { WindowSize } from '../domain/window.js';
import type { Judged, Roles } from './init-guess.js';

/** What a first monitor says. */
export interface FirstMonitor {
  model: string;
  /** Who hears of it. */
  owners: string;
  from: string;
  /** null: the rows themselves. */
  reference: string | null;
  /** Path of the JSON Schema, seen from the folder of monitors; null: it is not near. */
  schema: string | null;
  roles: Roles;
  judged: Judged;
  size: WindowSize;
  /** Columns that have no role and are no features. */
  exclude: readonly string[];
}

/** The monitor file, with a line for each thing that it says. */
export function monitorText(first: FirstMonitor): string {
  const { model, owners, from, roles, judged, size, exclude } = first;
  const document = new Document({
    version: 1,
    model: { id: model, task: judged.task, owners },
    windows: { size, timezone: 'UTC' },
    predictions: { from: { path: from } },
    columns: {
      ...(roles.id !== null && { id: [roles.id] }),
      timestamp: roles.timestamp,
      ...(roles.version !== null && { version: roles.version }),
      ...(judged.prediction && { prediction: judged.prediction }),
      ...(exclude.length > 0 && { features: { exclude } }),
    },
    ...(judged.label && { labels: [judged.label] }),
    reference: { drift: { kind: 'training', path: first.reference ?? from } },
  });
  setFlow(document);
  return (
    (first.schema === null ? '' : `# yaml-language-server: $schema=${first.schema}\n`) +
    '# Every value in force, defaults too: aftercare plan --explain\n' +
    document.toString({ flowCollectionPadding: true, lineWidth: 100 })
  );
}

/** One line for `model: { … }`, one for each column role: as people write these files. */
function setFlow({ contents }: Document): void {
  if (!isMap(contents)) return;
  for (const { key, value } of contents.items) {
    if (!isCollection(value)) continue;
    const isList = ['columns', 'labels', 'reference'].includes(String(key));
    if (!isList) value.flow = true;
    else if (isMap(value)) {
      for (const { value: inner } of value.items) if (isCollection(inner)) inner.flow = true;
    } else for (const inner of value.items) if (isCollection(inner)) inner.flow = true;
  }
}

/** A teams.yaml to begin with. */
export const TEAMS = `# Who there is, and how they are reached.
people:
  me: { email: me@example.com }
  colleague: { email: colleague@example.com }
teams:
  my-team: { members: [me, colleague], channels: [email] }
root: team:my-team
`;
