"""`diff ID --since-read`: what changed since the version that this user read last, on each database."""

import json

import pytest

from tests.archive_samples import grow, intent, minutes
from tests.command_line import command
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.takedowns import take_down
from tracker.model.watch import WatchedArticle


@pytest.fixture
def read(archive_url, store, tracked):
    """Return what runs the command on an article with two versions."""
    grow(store, tracked, 2)
    return lambda *args, **more: command("--db", archive_url, "diff", tracked.id[:6], "--since-read", *args, **more)


def store_more(store: Archive, tracked: WatchedArticle, *numbers: int) -> None:
    for n in numbers:
        commit_check(store, intent(tracked, n, minutes(n)))


def test_the_diff_is_from_the_version_read_last_and_reading_it_marks_it(read, store, tracked):
    first = read()
    assert first.stdout == ""
    assert "v2 is marked as read. From now on, --since-read shows what changed after it." in first.stderr
    again = read("--exit-code")
    assert again.stdout == ""
    assert "Nothing new since you read v2 on " in again.stderr
    store_more(store, tracked, 3, 4)
    new = read("--exit-code", code=3)
    assert new.stderr.startswith("Since you read v2 on ")
    assert f"{tracked.id[:8]}@v2 → {tracked.id[:8]}@v4" in new.stdout
    assert "[-2-]{+4+}" in new.stdout
    assert read().stdout == ""
    assert "Nothing new since you read v4 on " in read().stderr


def test_json_has_a_comparison_without_changes_where_nothing_is_new(read, store, tracked):
    for old, new in ((2, 2), (2, 2), (2, 3), (3, 3)):
        store_more(store, tracked, *range(3, new + 1)) if old != new else None
        found = json.loads(read("--json").stdout)
        assert (found["old_version"], found["new_version"]) == (old, new)
        assert any(each["op"] != "same" for each in found["blocks"]) == (old != new)


def test_versions_that_were_taken_down_are_said_to_be(read, store, tracked):
    read()
    store_more(store, tracked, 3, 4)
    take_down(store, tracked.id, "court order", minutes(9), 2)
    take_down(store, tracked.id, "court order", minutes(9), 4)
    found = read()
    assert "some versions were taken down" in found.stderr
    assert f"@v1 → {tracked.id[:8]}@v3" in found.stdout
    take_down(store, tracked.id, "court order", minutes(9))
    assert "this version was deleted: court order" in read(code=1).stderr


def test_the_only_version_left_is_not_marked_as_read_unshown(read, store, tracked):
    read()
    store_more(store, tracked, 3)
    for n in (1, 2):
        take_down(store, tracked.id, "court order", minutes(9), n)
    for _ in range(2):
        found = read(code=2)
        assert "all versions before v3 were taken down" in found.stderr
        assert f"writethru show {tracked.id[:8]}@v3" in found.stderr


def test_a_single_version_is_marked_and_versions_cannot_be_named(store, tracked, archive_url):
    since_read = ("--db", archive_url, "diff", "--since-read", tracked.id)
    assert "no version has been stored yet" in command(*since_read, code=2).stderr
    grow(store, tracked, 1)
    assert "v1 is marked as read" in command(*since_read).stderr
    assert "--since-read takes no versions" in command(*since_read, "1..2", code=2).stderr
    assert "--since-read takes no versions" in command(*since_read[:-1], f"{tracked.id}@1", code=2).stderr
