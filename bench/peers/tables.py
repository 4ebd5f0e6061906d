"""The two files of a comparison: sys.argv[1] is the reference, sys.argv[2] the current one."""

import sys

import pandas as pd
import pyarrow.parquet as pq


def read():
    names = [name for name in pq.read_schema(sys.argv[1]).names if name != "scored_at"]
    return [pd.read_parquet(path, columns=names) for path in sys.argv[1:3]]
