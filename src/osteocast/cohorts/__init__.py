"""Cohorts: virtual people by the million, under several regimens, kept as Parquet.

`load_spec` reads a cohort file, `run_cohort` computes what is missing of it chunk by chunk (on this machine
or on a Dask cluster) and keeps it, `verify` reads it again, and `summarise` condenses it. A person is the
same to the last bit for any number of workers, any size of chunk, and after any number of kills.
"""

from osteocast.cohorts.chunk import Chunk, compute
from osteocast.cohorts.manifest import Entry
from osteocast.cohorts.running import CHUNK, CohortRun, Progress, run_cohort, verify
from osteocast.cohorts.spec import CohortArm, CohortSpec, load_spec, parse_spec
from osteocast.cohorts.summary import CohortSummary, summarise

__all__ = [
    "CHUNK",
    "Chunk",
    "CohortArm",
    "CohortRun",
    "CohortSpec",
    "CohortSummary",
    "Entry",
    "Progress",
    "compute",
    "load_spec",
    "parse_spec",
    "run_cohort",
    "summarise",
    "verify",
]
