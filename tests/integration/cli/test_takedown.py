"""takedown: what is deleted for good, and what stays."""

from pathlib import Path

from tests.archive_samples import URL, article_id, content
from tests.command_line import objects
from tracker.archive.articles import get_article
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive
from tracker.model.watch import ArticleState

ID = article_id(URL)
OLD = ("prune", "--older-than", "1ms")


def test_one_version_is_deleted(kept):
    shown = kept("takedown", f"{ID}@2", "--reason", "court order")
    assert shown.stdout == f"{ID} v2 deleted\n"
    assert "backups and exports" in shown.stderr
    kept("verify")
    assert objects(kept("search", '"over 2 streets"', "--json")) == []
    assert "over 3 streets" in kept("show", f"{ID}@3").stdout
    assert b"over 2 streets" not in Path("writethru.db").read_bytes()


def test_a_version_that_is_gone_is_told_from_one_without_words(kept):
    kept("takedown", f"{ID}@2", "--reason", "court order")
    for asked in (("show", f"{ID}@2"), ("blame", f"{ID}@2"), ("diff", ID, "1..2"), ("diff", ID, "2..3")):
        assert f"{ID[:8]}@v2: this version was deleted: court order" in kept(*asked, code=1).stderr
    assert "deleted        court order" in kept("show", f"{ID}@2", "--meta").stdout
    third, second, first = kept("log", ID).stdout.splitlines()
    assert "previous version removed" in third
    assert second.endswith("removed: court order")
    assert "first" in first
    assert [each.get("removed") for each in objects(kept("log", ID, "--json"))] == [None, "court order", None]


def test_a_whole_article_is_deleted_and_paused(kept):
    (said,) = objects(kept("takedown", ID[:6], "--reason", "minor", "--json"))
    assert (said["article"], said["versions"], said["reason"]) == (ID, [1, 2, 3], "minor")
    kept("verify")
    with open_archive("sqlite:///writethru.db", readonly=True) as store:
        assert get_article(store, ID).state is ArticleState.PAUSED


def test_what_was_deleted_before_keeps_its_reason(kept):
    kept("takedown", f"{ID}@2", "--reason", "court order")
    again = kept("takedown", f"{ID}@2", "--reason", "minor")
    assert (again.stdout, again.stderr) == (f"{ID} v2 was deleted before: court order\n", "")
    assert "v1, v3 would be deleted; v2 was" in kept("takedown", ID, "--reason", "minor", "--dry-run").stdout
    (said,) = objects(kept("takedown", ID, "--reason", "minor", "--json"))
    assert (said["versions"], said["deleted_before"]) == ([1, 3], [{"version": 2, "reason": "court order"}])
    assert [each["removed"] for each in objects(kept("log", ID, "--json"))] == ["minor", "court order", "minor"]
    kept("verify")


def test_a_dry_run_takes_out_nothing(kept):
    assert "v1, v2, v3 would be deleted" in kept("takedown", ID, "--reason", "x", "--dry-run").stdout
    assert content(2).blocks[0].text in kept("show", f"{ID}@2").stdout


def test_it_runs_beside_the_service_and_not_beside_another_command(kept):
    with lock("sqlite:///writethru.db"):
        kept("takedown", ID, "--reason", "x", code=75)
        kept(*OLD, code=75)
    with lock("sqlite:///writethru.db", service=True):
        kept("takedown", ID, "--reason", "x")
        kept(*OLD, code=75)
