import type { AlertNotice, AlertSummary, NoticeReason } from '../alert.js';
import type { Notice } from '../notice.js';
import { inZone } from '../zone.js';

const over: readonly NoticeReason[] = ['resolved', 'withdrawn', 'closed'];
const handled: readonly NoticeReason[] = ['acknowledged', 'snoozed', 'assigned'];

/** The colour of a notice: what is over is resolved, what people did is for information. */
export function severityOf(
  reason: NoticeReason,
  severity: 'warning' | 'critical',
): Notice['severity'] {
  if (over.includes(reason)) return 'resolved';
  return handled.includes(reason) ? 'info' : severity;
}

/** The first word of a subject: how bad it is, or what became of it. */
export function openingOf({ alert, reason }: AlertNotice): string {
  const level = alert.severity.toUpperCase();
  const { repeat } = alert;
  if (over.includes(reason) || handled.includes(reason)) return reason.toUpperCase();
  if (reason === 'repeat' && repeat !== null) return `${level} ${repeat.k}/${repeat.most}`;
  if (reason === 'reopened') return `${level} again`;
  if (reason === 'escalated') return `${level} escalated, nobody answered`;
  if (reason === 'member') return `${markedLevel(alert)} ${hasNew(alert) ? 'new' : 'again'}`;
  if (reason === 'worse') return `${markedLevel(alert)} worse`;
  return reason === 'reminder' ? `${level} still acknowledged?` : level;
}

/** A notice of new members from before they were told apart names none. */
function hasNew({ fresh, again }: AlertSummary): boolean {
  return fresh !== undefined || again === undefined;
}

/** How bad what is marked is, which may be less than what fired before. */
function markedLevel({ members, fresh = [], worse = [], again = [], severity }: AlertSummary) {
  const marked = [...fresh, ...worse, ...again];
  const own = members.filter(({ key }) => marked.includes(key));
  const isWarning = own.length > 0 && own.every(({ verdict }) => verdict !== 'alert');
  return isWarning ? 'WARNING' : severity.toUpperCase();
}

/** Closed by a promotion: nobody knows yet whether it is over. */
export function isPromoted({ alert, reason }: AlertNotice): boolean {
  return reason === 'closed' && alert.by === null;
}

/** Why it is told, in a clause. */
export function saysOf({ alert, reason }: AlertNotice, timezone: string): string {
  const by = alert.by === null ? '' : ` by ${alert.by}`;
  switch (reason) {
    case 'firing':
      return alert.episode > 1 ? `it fires; the one before was #${alert.episode - 1}` : 'it fires';
    case 'repeat':
      return alert.repeat === null
        ? 'it still fires'
        : `it still fires, repeat ${alert.repeat.k}/${alert.repeat.most}`;
    case 'escalated':
      return `nobody has answered, escalated to level ${alert.level}`;
    case 'worse':
      return 'it got worse';
    case 'better':
      return 'some of it is over';
    case 'member':
      if (hasNew(alert)) return 'something new fires, marked as new';
      return 'some of it fires again, marked as again';
    case 'acknowledged':
      return `acknowledged${by}`;
    case 'unacknowledged':
      return by === '' ? 'the acknowledgement ran out' : `acknowledgement taken back${by}`;
    case 'snoozed':
      return alert.snoozedUntil === null
        ? `snoozed${by}`
        : `snoozed${by} until ${inZone(alert.snoozedUntil, timezone)}`;
    case 'assigned':
      return `assigned${alert.assignedTo === null ? '' : ` to ${alert.assignedTo}`}${by}`;
    case 'reminder':
      return `acknowledged${by} and still firing; acknowledge again or it escalates in an hour`;
    case 'woken':
      return 'the snooze is over and it still fires';
    case 'resolved':
      return 'resolved, nothing of it fires any more';
    case 'withdrawn':
      return 'withdrawn: with what is known now it would not have fired';
    case 'reopened':
      return `it fires again, reopened ×${alert.reopened}`;
    case 'closed':
      return by === '' ? `closed: ${alert.reason ?? ''}; not judged since` : `closed${by}`;
  }
}
