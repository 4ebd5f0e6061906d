import { checks, defaultChecks } from '../checks/index.js';
import type { KnownChecks } from './monitor.js';

/** The checks of this version: those that monitor files may name. */
export const knownChecks: KnownChecks = { checks, defaultChecks };
