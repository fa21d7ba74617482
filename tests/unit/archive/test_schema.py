from __future__ import annotations

from tracker.archive.schema.metadata import METADATA, in_schema


def test_the_index_of_search_is_left_alone() -> None:
    assert not in_schema(METADATA.tables["article"], "fts_passage_data", "table", None, None)
    assert in_schema(METADATA.tables["article"], "article", "table", None, None)
    assert {"version", "leaf", "passage", "habit"} <= set(METADATA.tables)
