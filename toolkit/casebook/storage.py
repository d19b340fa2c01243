"""Tables as Parquet bytes: the same rows give the same bytes.

No time of writing, no index and no pandas metadata go in; compression is fixed.
"""

from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.errors import ExhibitChanged

ROW_GROUP = 1_000_000


def to_parquet(table: pd.DataFrame) -> bytes:
    """Parquet bytes of a table; missing values stay missing."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    sink = io.BytesIO()
    pq.write_table(arrow, sink, compression="zstd", row_group_size=ROW_GROUP, write_statistics=False)
    return sink.getvalue()


def from_parquet(content: bytes) -> pd.DataFrame:
    """The table of :func:`to_parquet`, with nullable types.

    Raises
    ------
    ExhibitChanged
        These bytes are no Parquet table.
    """
    try:
        arrow = pq.read_table(io.BytesIO(content))
    except (pa.ArrowInvalid, OSError) as broken:
        raise ExhibitChanged("table_unreadable") from broken
    return arrow.to_pandas(types_mapper=_NULLABLE.get)  # type: ignore[no-any-return]


_NULLABLE = {
    pa.string(): pd.StringDtype(),
    pa.large_string(): pd.StringDtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}
