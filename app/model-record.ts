import type { AuditRecord } from '../domain/audit.js';
import type { App } from './app.js';

const MOST_TRIES = 5;

/** A line of a model's history as a person on the command line causes it. */
export interface ModelAct extends Pick<AuditRecord, 'action' | 'subject' | 'reason' | 'at'> {
  by: string;
  /** `once`: a subject that is in the history already adds nothing. */
  repeat: 'once' | 'again';
}

/** Appends one line to the audit chain `model/<id>`, its actor recorded as unverified. */
export async function recordAct(app: App, model: string, act: ModelAct): Promise<void> {
  const { by, repeat, ...what } = act;
  const entity = `model/${model}`;
  for (let tries = 1; ; tries++) {
    const records = await app.lake.auditOf(entity);
    if (repeat === 'once' && records.some(({ subject }) => subject === act.subject)) return;
    try {
      await app.lake.appendAudit({
        ...{ entity, sequence: records.length + 1, ...what },
        actor: { id: by, via: 'cli', verified: false },
        evidence: null,
      });
      return;
    } catch (error) {
      // Another record took the place meanwhile.
      if (tries === MOST_TRIES) throw error;
    }
  }
}
