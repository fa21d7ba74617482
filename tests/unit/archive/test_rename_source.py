"""A source gets another name: what follows, what stays, and that the log still verifies."""

import pytest

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import temporary_archive
from tracker.archive.addresses import list_addresses
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.sources import list_sources, list_storms, rename_source, save_storm, sync_source
from tracker.errors import UsageError
from tracker.model.source import Hub, HubKind, Storm


def test_articles_lists_and_notes_follow_and_the_log_verifies():
    archive = temporary_archive()
    tracked = watch(archive, source="Herald")
    grow(archive, tracked, 2)
    hub = Hub("Herald", HubKind.FEED, "https://herald.example/feed")
    sync_source(archive, "Herald", [hub], NOW)
    save_storm(archive, Storm("Herald", NOW, NOW, 3, 4))
    assert rename_source(archive, "Herald", "Port Alder Herald", minutes(9), lambda: None) == 1
    assert list_sources(archive) == ["Port Alder Herald"]
    assert get_article(archive, tracked.id).source == "Port Alder Herald"
    assert list(list_storms(archive)) == ["Port Alder Herald"]
    _, noted = list_addresses(archive, tracked.id)
    assert noted[-1]["event"] == "source Herald was renamed Port Alder Herald"
    commit_check(archive, intent(get_article(archive, tracked.id), 3, minutes(10)))
    assert verify(archive).ok
    rename_source(archive, "Port Alder Herald", "Herald", minutes(99), lambda: None)
    assert verify(archive).ok


def test_what_changes_together_fails_together():
    archive = temporary_archive()
    watch(archive, source="Herald")

    def fail() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        rename_source(archive, "Herald", "Post", NOW, fail)
    assert list_sources(archive) == ["Herald"]


def test_a_name_that_is_taken_is_refused():
    archive = temporary_archive()
    watch(archive, source="Herald")
    watch(archive, "https://post.example/a", source="Post")
    with pytest.raises(UsageError, match="already has a source named 'Post'"):
        rename_source(archive, "Herald", "Post", NOW, lambda: None)
