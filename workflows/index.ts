/** All workflows, by the names that `workflowTypes` lists. */
export { alert } from './alert.js';
export { backfill } from './backfill.js';
export { evaluate } from './evaluate.js';
export { retrain } from './retrain.js';
