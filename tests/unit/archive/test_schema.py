from __future__ import annotations

import sqlalchemy as sa

from tracker.archive.schema.columns import Instant
from tracker.archive.schema.metadata import METADATA, in_schema, render


def test_scripts_name_plain_types() -> None:
    assert render("type", Instant(), None) == "sa.BigInteger()"
    assert render("type", sa.Text(), None) is False
    assert render("server_default", Instant(), None) is False


def test_the_index_of_search_is_left_alone() -> None:
    assert not in_schema(METADATA.tables["article"], "fts_passage_data", "table", None, None)
    assert in_schema(METADATA.tables["article"], "article", "table", None, None)
    assert {"version", "leaf", "passage", "habit"} <= set(METADATA.tables)
