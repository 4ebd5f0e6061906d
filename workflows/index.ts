/** All workflows, by the names that `workflowTypes` lists. */
export { backfill } from './backfill.js';
export { evaluate } from './evaluate.js';
