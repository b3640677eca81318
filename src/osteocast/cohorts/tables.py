"""Tables of a cohort as Parquet, and checksums of what they hold rather than of how it was written."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from osteocast.cohorts.extra import library

__all__ = ["as_bytes", "content_hash", "from_parquet", "rows_of", "to_parquet", "told"]

Columns = Mapping[str, np.ndarray]
_METADATA = b"osteocast"


def to_parquet(columns: Columns, about: Mapping[str, Any]) -> bytes:
    """Return columns as one Parquet file.

    Parameters
    ----------
    columns : mapping of str to ndarray (n,)
    about : mapping
        What made them; stands in the metadata of the file, as JSON.
    """
    pyarrow = library("pyarrow")
    table = pyarrow.table({name: pyarrow.array(values) for name, values in columns.items()})
    return as_bytes(told(table, about))


def told(table: Any, about: Mapping[str, Any]) -> Any:
    """Return an Arrow table that says what made it, as JSON under ``osteocast`` in its metadata."""
    return table.replace_schema_metadata({_METADATA: json.dumps(about, sort_keys=True).encode()})


def as_bytes(table: Any) -> bytes:
    """Return an Arrow table as one Parquet file."""
    stream = io.BytesIO()
    library("pyarrow.parquet").write_table(table, stream, compression="zstd")
    return stream.getvalue()


def from_parquet(content: bytes) -> dict[str, np.ndarray]:
    """Return the columns of a Parquet file that `to_parquet` made.

    Raises
    ------
    ValueError
        If it is not one, or not whole.
    """
    pyarrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    try:
        table = parquet.ParquetFile(io.BytesIO(content)).read()
    except (pyarrow.ArrowException, OSError) as error:
        raise ValueError(f"not a whole Parquet file: {error}") from None
    return {
        name: np.asarray(table.column(name).to_numpy(zero_copy_only=False)) for name in table.column_names
    }


def rows_of(columns: Columns) -> bytes:
    """Return the values row by row: the bytes do not depend on where a table was cut."""
    kinds = [(name, values.dtype.newbyteorder("<")) for name, values in columns.items()]
    rows = np.empty(len(next(iter(columns.values()))), dtype=kinds)
    for name, values in columns.items():
        rows[name] = values
    return rows.tobytes()


def content_hash(columns: Columns) -> str:
    """Return the SHA-256 of the names, kinds and values of columns.

    Examples
    --------
    >>> one = {"person": np.arange(3), "month": np.zeros(3, np.float32)}
    >>> content_hash(one) == content_hash({name: values.copy() for name, values in one.items()})
    True
    """
    names = json.dumps([[name, values.dtype.str] for name, values in columns.items()])
    return hashlib.sha256(names.encode() + rows_of(columns)).hexdigest()
