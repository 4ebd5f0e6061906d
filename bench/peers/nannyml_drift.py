"""NannyML's univariate drift with its default methods, the current rows in ten chunks."""

import spent  # noqa: F401

import json

import nannyml as nml
import pandas as pd
import tables

reference, current = tables.read()
texts = [name for name in reference.columns if not pd.api.types.is_numeric_dtype(reference[name])]
calculator = nml.UnivariateDriftCalculator(
    column_names=list(reference.columns),
    treat_as_categorical=texts,
    chunk_number=10,
)
calculator.fit(reference)
result = calculator.calculate(current).filter(period="analysis").to_df()
print(json.dumps({"columns": len(reference.columns), "chunks": len(result)}))
