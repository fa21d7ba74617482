"""Versions, changes and labels as rows and data frames."""

import sys
from datetime import UTC

import pytest

from tests.archive_samples import content, grow, minutes, watch
from tests.archives import temporary_archive
from tracker import VersionQuery, read_changes, read_labels, read_versions
from tracker.errors import UsageError


@pytest.fixture
def archive():
    with temporary_archive() as opened:
        grow(opened, watch(opened), 3)
        grow(opened, watch(opened, "https://post.example/a", source="Post"), 1)
        yield opened


def test_versions_are_rows(archive):
    rows = list(read_versions(archive, VersionQuery(source="Herald", since=minutes(2))))
    assert [row["version"] for row in rows] == [2, 3]
    assert rows[0]["text"] == content(2).text
    assert rows[0]["byline"] == ["Ada Lark", "Jo Reed"]


def test_changes_and_labels_are_rows(archive):
    (second, third) = read_changes(archive)
    assert (second["substance"], second["noted"], second["labels"]) == ("claim", "yes", ["number"])
    assert third["previous_seen"] == minutes(2)
    assert [(row["label"], row["evidence"]) for row in read_labels(archive)] == [
        ("number", "1 → 2"),
        ("number", "2 → 3"),
    ]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rows_become_data_frames(archive, library):
    pytest.importorskip(library, reason=f"uv pip install {library}")
    frame = getattr(read_versions(archive), f"to_{library}")()
    assert list(frame.columns) == list(read_versions(archive).columns)
    assert frame.shape[0] == 4
    assert frame["seen"].to_list()[0] == minutes(1).astimezone(UTC)
    nothing = VersionQuery(source="Nobody")
    for read in (read_versions, read_changes, read_labels):
        empty = getattr(read(archive, nothing), f"to_{library}")()
        assert (empty.shape[0], list(empty.columns)) == (0, list(read(archive).columns))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_missing_is_named(archive, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError) as raised:
        getattr(read_labels(archive), f"to_{library}")()
    assert raised.value.hint == f"pip install 'writethru[{library}]'"
