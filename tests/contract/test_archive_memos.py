"""What the archive, on SQLite and PostgreSQL, keeps for the service by name."""

from tests.archive_samples import NOW, minutes
from tracker.archive.archive import Archive
from tracker.archive.memos import get_memo, list_memos, save_memo


def test_a_memo_is_replaced_and_taken_away(archive: Archive) -> None:
    assert get_memo(archive, "cadence") == ""
    save_memo(archive, "cadence", '{"x": 1}', NOW)
    save_memo(archive, "other", "…", NOW)
    save_memo(archive, "cadence", '{"x": 2}', minutes(1))
    assert (get_memo(archive, "cadence"), get_memo(archive, "other")) == ('{"x": 2}', "…")
    save_memo(archive, "cadence", "", minutes(2))
    assert get_memo(archive, "cadence") == ""


def test_memos_are_found_by_how_their_names_begin(archive: Archive) -> None:
    for name in ("storm|b", "storm|a", "STORM|c", "storm", "stormy|d", "st_rm|e"):
        save_memo(archive, name, name, NOW)
    assert list_memos(archive, "storm|") == {"storm|a": "storm|a", "storm|b": "storm|b"}
    assert list(list_memos(archive, "storm|")) == ["storm|a", "storm|b"]
    save_memo(archive, "storm|a", "", NOW)
    assert list(list_memos(archive, "storm|")) == ["storm|b"]
