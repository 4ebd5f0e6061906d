"""What people write by hand: KS with p, Wasserstein, PSI, Jensen-Shannon, chi-square per column."""

import spent  # noqa: F401

import json

import numpy as np
import pandas as pd
import tables
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp, wasserstein_distance

SMALL = 1e-4


def psi(p, q):
    p, q = np.clip(p, SMALL, None), np.clip(q, SMALL, None)
    return float(np.sum((q - p) * np.log(q / p)))


def of_numbers(a, b):
    x, y = a.dropna().to_numpy(float), b.dropna().to_numpy(float)
    ks = ks_2samp(x, y)
    inner = np.unique(np.quantile(x, np.linspace(0, 1, 11)[1:-1]))
    edges = np.concatenate([[-np.inf], inner, [np.inf]])
    p, q = np.histogram(x, edges)[0] / len(x), np.histogram(y, edges)[0] / len(y)
    return {
        "ks": float(ks.statistic),
        "p": float(ks.pvalue),
        "wasserstein": float(wasserstein_distance(x, y)),
        "psi": psi(p, q),
        "js": float(jensenshannon(p, q)),
        "missing": [float(a.isna().mean()), float(b.isna().mean())],
    }


def of_texts(a, b):
    counts = pd.DataFrame({"a": a.value_counts(), "b": b.value_counts()}).fillna(0)
    p, q = counts["a"] / counts["a"].sum(), counts["b"] / counts["b"].sum()
    return {
        "chi2_p": float(chi2_contingency(counts.to_numpy().T)[1]),
        "psi": psi(p.to_numpy(), q.to_numpy()),
        "js": float(jensenshannon(p, q)),
        "missing": [float(a.isna().mean()), float(b.isna().mean())],
    }


reference, current = tables.read()
found = {}
for name in reference.columns:
    numeric = pd.api.types.is_numeric_dtype(reference[name])
    found[name] = (of_numbers if numeric else of_texts)(reference[name], current[name])
print(json.dumps({"columns": len(found), "results": found}))
