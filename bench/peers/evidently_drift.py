"""Evidently's DataDriftPreset as it comes, with the kinds of columns that it infers."""

import spent  # noqa: F401

import json

import tables
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

reference, current = tables.read()
data = [Dataset.from_pandas(one) for one in (current, reference)]
result = Report([DataDriftPreset()]).run(*data)
metrics = json.loads(result.json())["metrics"]
print(json.dumps({"columns": len(reference.columns), "metrics": len(metrics)}))
