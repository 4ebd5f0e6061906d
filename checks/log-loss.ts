import { surprise } from './class-chances.js';
import { BY_SHARE, metric } from './metric.js';
import { binaryLogLoss } from './probabilities.js';

/** Mean of -ln(the probability that was given to what came), natural logarithm. */
export const logLoss = metric(
  {
    name: 'log_loss',
    question: 'How surprised is the model by what came?',
    unit: 'nats, >= 0',
    worse: 'higher',
    limits: BY_SHARE,
    tasks: ['binary', 'multiclass'],
  },
  (outcomes) => ('rated' in outcomes.sums ? surprise(outcomes) : binaryLogLoss(outcomes)),
);
