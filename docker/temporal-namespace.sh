#!/bin/sh
# Creates the namespace when it is not there; a repeat changes nothing. Runs until the server
# answers, at most a minute. Needs TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION.
set -eu

tries=0
until temporal operator cluster health --address "$TEMPORAL_ADDRESS"; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "$TEMPORAL_ADDRESS: no healthy Temporal server after a minute" >&2
    exit 1
  fi
  sleep 2
done

describe() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" \
    --address "$TEMPORAL_ADDRESS" >/dev/null 2>&1
}
describe || temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" \
  --retention "$RETENTION" --address "$TEMPORAL_ADDRESS"
