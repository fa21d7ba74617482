"""prune, takedown: what goes is gone, what stays is still proved."""

from pathlib import Path

import pytest

from tests.archive_samples import URL, content, minutes
from tests.command_line import objects
from tracker.addresses.urls import article_id
from tracker.archive.articles import get_article
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive
from tracker.model.check import ArticleState

ID = article_id(URL)
LATER = minutes(60)
OLD = ("prune", "--older-than", "1ms")


class TestTakedown:
    def test_one_version(self, kept):
        shown = kept("takedown", f"{ID}@2", "--reason", "court order")
        assert shown.stdout == f"{ID} v2 deleted\n"
        assert "backups and exports" in shown.stderr
        kept("verify")
        assert objects(kept("search", '"over 2 streets"', "--json")) == []
        assert "over 3 streets" in kept("show", f"{ID}@3").stdout
        assert b"over 2 streets" not in Path("writethru.db").read_bytes()

    def test_a_version_that_is_gone_is_told_from_one_without_words(self, kept):
        kept("takedown", f"{ID}@2", "--reason", "court order")
        for asked in (("show", f"{ID}@2"), ("blame", f"{ID}@2"), ("diff", ID, "1..2"), ("diff", ID, "2..3")):
            assert f"{ID[:8]}@v2: this version was deleted: court order" in kept(*asked, code=1).stderr
        assert "deleted        court order" in kept("show", f"{ID}@2", "--meta").stdout
        third, second, first = kept("log", ID).stdout.splitlines()
        assert "previous version removed" in third
        assert second.endswith("removed: court order")
        assert "first" in first
        assert [each.get("removed") for each in objects(kept("log", ID, "--json"))] == [None, "court order", None]

    def test_a_whole_article(self, kept):
        (said,) = objects(kept("takedown", ID[:6], "--reason", "minor", "--json"))
        assert (said["article"], said["versions"], said["reason"]) == (ID, [1, 2, 3], "minor")
        kept("verify")
        with open_archive("sqlite:///writethru.db", readonly=True) as store:
            assert get_article(store, ID).state is ArticleState.PAUSED

    def test_what_was_deleted_before_keeps_its_reason(self, kept):
        kept("takedown", f"{ID}@2", "--reason", "court order")
        again = kept("takedown", f"{ID}@2", "--reason", "minor")
        assert (again.stdout, again.stderr) == (f"{ID} v2 was deleted before: court order\n", "")
        assert "v1, v3 would be deleted; v2 was" in kept("takedown", ID, "--reason", "minor", "--dry-run").stdout
        (said,) = objects(kept("takedown", ID, "--reason", "minor", "--json"))
        assert (said["versions"], said["deleted_before"]) == ([1, 3], [{"version": 2, "reason": "court order"}])
        assert [each["removed"] for each in objects(kept("log", ID, "--json"))] == ["minor", "court order", "minor"]
        kept("verify")

    def test_dry_run_takes_out_nothing(self, kept):
        assert "v1, v2, v3 would be deleted" in kept("takedown", ID, "--reason", "x", "--dry-run").stdout
        assert content(2).blocks[0].text in kept("show", f"{ID}@2").stdout

    @pytest.mark.parametrize(
        "args", [(ID,), (ID, "--reason", " "), ("zz", "--reason", "x"), (f"{ID}@9", "--reason", "x")]
    )
    def test_what_makes_no_sense(self, kept, args):
        kept("takedown", *args, code=2)

    def test_not_while_the_service_runs(self, kept):
        with lock("sqlite:///writethru.db"):
            kept("takedown", ID, "--reason", "x", code=75)
            kept(*OLD, code=75)


class TestPrune:
    def test_what_would_go_goes(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", LATER)
        dry = kept("-v", *OLD, "--dry-run")
        assert dry.stdout == "Herald: 2 pages would be deleted\n"
        assert dry.stderr.splitlines() == [f"{ID}@1", f"{ID}@2"]
        kept("show", f"{ID}@1", "--raw")
        (said,) = objects(kept(*OLD, "--source", "Herald", "--json"))
        assert (said["source"], said["pages"], said["dry_run"]) == ("Herald", 2, False)
        kept("verify")
        assert "over 1 streets" in kept("show", f"{ID}@1").stdout
        assert kept(*OLD).stdout == "Herald: 0 pages deleted\n"

    def test_keep(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", LATER)
        assert kept(*OLD, "--keep", "2").stdout == "Herald: 1 page deleted\n"

    def test_what_is_young_stays(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", LATER)
        assert kept("prune", "--older-than", "90d").stdout == "Herald: 0 pages deleted\n"

    @pytest.mark.parametrize("args", [("--older-than", "soon"), (), ("--older-than", "1d", "--source", "Gazette")])
    def test_what_makes_no_sense(self, kept, args):
        kept("prune", *args, code=2)


CONFIG = '[[sources]]\nname = "Herald"\nurls = ["https://h.example/a"]\n'


class TestConfigured:
    def test_prune_does_what_the_configuration_says(self, kept, monkeypatch):
        monkeypatch.setattr("tracker.cli.app.App.now", LATER)
        kept("prune", code=2)
        Path("writethru.toml").write_text(CONFIG + "keep_newest = 2\n")
        assert kept("prune", "--dry-run").stdout == "Herald: 1 page would be deleted\n"
        assert kept("prune").stdout == "Herald: 1 page deleted\n"
        assert kept("prune").stdout == "Herald: 0 pages deleted\n"
        Path("writethru.toml").write_text(CONFIG + 'keep_for = "1s"\n')
        assert kept("prune").stdout == "Herald: 1 page deleted\n"
        assert kept("prune", "--keep", "0").stdout == "Herald: 1 page deleted\n"
