"""Evidently's DataDriftPreset as it comes."""

import spent  # noqa: F401

import json

import pandas as pd
import tables
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

reference, current = tables.read()
texts = [name for name in reference.columns if not pd.api.types.is_numeric_dtype(reference[name])]
numbers = [name for name in reference.columns if name not in texts]
definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts)
data = [Dataset.from_pandas(one, data_definition=definition) for one in (current, reference)]
result = Report([DataDriftPreset()]).run(*data)
print(json.dumps({"columns": len(reference.columns), "metrics": len(json.loads(result.json())["metrics"])}))
