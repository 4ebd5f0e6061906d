/**
 * Variables of MLflow's own clients. An address that is none, as `databricks`, may stand there for
 * others: whoever asks a registry looks at it.
 */
export const mlflowRows = [
  {
    name: 'MLFLOW_TRACKING_URI',
    meaning: 'Address of the MLflow server that `models register --from-mlflow` asks.',
    wanted: 'a URL',
    pattern: /./s,
  },
  {
    name: 'MLFLOW_TRACKING_USERNAME',
    meaning: 'Who asks it, with the password; goes before the token.',
    wanted: 'a name',
    pattern: /./s,
  },
  {
    name: 'MLFLOW_TRACKING_PASSWORD',
    meaning: 'Password of that name.',
    wanted: 'a password',
    pattern: /./s,
    secret: true,
  },
  {
    name: 'MLFLOW_TRACKING_TOKEN',
    meaning: 'Bearer token for it.',
    wanted: 'a token',
    pattern: /./s,
    secret: true,
  },
] as const;
