"""Making the pages when the server starts."""

import pytest

from tests.archives import temporary_url
from tests.integration.web.newsroom_archive import NOW
from tracker.archive import open_archive
from tracker.model.status import SourceSummary
from tracker.web.app import PAGES, build
from tracker.web.data import CachedArchive, open_pages
from tracker.web.pages.sources import summaries
from tracker.web.preparing import prepare
from tracker.web.site import Site
from tracker.web.templating import environment


def prepared(url: str, *, closing: bool = False) -> CachedArchive:
    archive = open_pages(url)
    web = build(archive, Site(), lambda: NOW).state.web
    if closing:
        web.closing.set()
    prepare(web, PAGES)
    return archive


def unexpected() -> list[SourceSummary]:
    raise AssertionError("made again")


def test_the_first_reader_of_the_sources_waits_for_no_sum(kept):
    archive = prepared(kept.url)
    assert {each.name for each in archive.kept("sources", unexpected)} >= {"The Harbor Ledger", "Resting Star"}
    archive.close()


def test_what_a_user_changes_is_seen_at_once_without_the_sums_over_all_articles(kept):
    archive = prepared(kept.url)
    archive.forget()
    assert archive.kept("article-sums", unexpected, lasting=True)
    (ledger,) = (each for each in summaries(archive, NOW) if each.name == "The Harbor Ledger")
    assert (ledger.articles > 1, ledger.overdue) == (True, 1)
    archive.close()


def test_an_archive_without_articles_is_prepared_too():
    url = temporary_url()
    open_archive(url).close()
    archive = prepared(url)
    assert archive.kept("sources", unexpected) == []
    assert environment().get_template("article.html")
    archive.close()


def test_a_server_that_closes_makes_no_more_pages(kept):
    archive = prepared(kept.url, closing=True)
    with pytest.raises(AssertionError, match="made again"):
        archive.kept("sources", unexpected)
    archive.close()
