"""What `sources list` and `sources show` say of stories, of what was not read yet, and of times."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.archive_samples import NOW, grow, look, minutes, watch
from tests.archives import new_archive_at
from tests.command_line import command, objects
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.sources import list_sources, sync_source
from tracker.cli.output import Output
from tracker.model.check import CheckOutcome

CONFIG = """
[[sources]]
name = "Herald"
urls = ["https://herald.example/news/flood"]

[[stories]]
name = "Harbour bridge"
urls = ["https://herald.example/news/bridge", "https://post.example/bridge"]
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "writethru.toml").write_text(CONFIG)
    new_archive_at(tmp_path / "writethru.db")
    return tmp_path


def test_articles_of_stories_are_listed(place):
    listed = objects(command("sources", "list", "--json"))
    assert [(each["source"], each["url"]) for each in listed] == [
        ("Herald", "https://herald.example/news/flood"),
        ("Herald", "https://herald.example/news/bridge"),
        ("post.example", "https://post.example/bridge"),
    ]
    assert "https://post.example/bridge" not in command("sources", "list", "Herald").stdout
    (own,) = objects(command("sources", "list", "post.example", "--json"))
    assert own["kind"] == "article"
    assert "no such source" in command("sources", "list", "Nobody", code=2).output


def test_a_configured_source_that_was_not_read_is_no_unknown_one(place):
    done = command("sources", "show", "Herald", code=2)
    assert "nothing has been read from it yet" in done.output
    assert "known: none" not in done.output
    with open_archive("sqlite:///writethru.db") as store:
        grow(store, watch(store), 1)
    assert "1 version, 1 check" in command("sources", "show", "Herald").stdout


def test_a_source_that_is_not_configured_is_named_until_it_is_forgotten(place):
    with open_archive("sqlite:///writethru.db") as store:
        grow(store, watch(store, "https://old.example/a", source="Old Post"), 1)
        sync_source(store, "Old Post", [], NOW, paused=True)
        sync_source(store, "Empty", [], NOW, paused=True)
    said = command("sources", "list").stderr
    assert "Old Post: not configured; 1 version of 1 article kept as history" in said
    assert "to forget it: writethru sources forget 'Old Post'" in said
    assert "Empty" not in said  # nothing is stored of it
    command("sources", "forget", "Old Post")
    command("sources", "forget", "Empty")
    with open_archive("sqlite:///writethru.db") as store:
        assert list_sources(store) == ["Old Post"]
    said = command("sources", "list").stderr
    assert "Old Post: not configured" in said
    assert "sources forget" not in said


def test_the_reason_of_a_single_article_is_said_once(place, monkeypatch):
    with open_archive("sqlite:///writethru.db") as store:
        tracked = watch(store)
        failed = look(tracked, 0, minutes(1), CheckOutcome.FAILED, failures=1)
        commit_check(store, replace(failed, check=replace(failed.check, detail="the server answered 503")))
    monkeypatch.setattr(Output, "tty", property(lambda _: True))
    shown = command("--no-pager", "sources", "list", "Herald").stdout
    assert "1 article failing\n" in shown
    assert shown.count("503") == 1


def test_times_in_the_list_of_sources_can_be_read_later(desk):
    row = desk("sources", "list").stdout.splitlines()[0].split("\t")
    assert row[2:4] == ["never", "-"]
    desk("check", "--all", "--no-pace")
    row = desk("sources", "list").stdout.splitlines()[0].split("\t")
    assert [datetime.fromisoformat(each).tzinfo for each in row[2:4]] == [UTC, UTC]
