import { refuseAlert } from '../domain/alerting/refuse.js';
import type { AlertState } from '../domain/alerting/state.js';
import type { AlertEvent, AlertNotice } from '../domain/alert.js';
import type { Write } from '../domain/audit.js';
import { runEntity } from './entity.js';
import type { Carried } from './messages.js';

/** The open trouble of one model in one category; its rules are decideAlert of domain/. */
export async function alert(
  carried: Carried<AlertState, AlertEvent, Write | AlertNotice>,
): Promise<AlertState | null> {
  return runEntity(carried, refuseAlert);
}
