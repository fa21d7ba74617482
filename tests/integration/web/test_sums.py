"""Sums over all articles, which pages share and which outlast what users change."""

from tests.integration.web.newsroom_archive import NOW
from tracker.model.source_summary import SourceSummary
from tracker.web.data import open_pages
from tracker.web.pages.sources import summaries


def unexpected() -> list[SourceSummary]:
    raise AssertionError("made again")


def test_what_a_user_changes_is_seen_at_once_without_the_sums_over_all_articles(kept):
    cache = open_pages(kept.url)
    made = summaries(cache, NOW)
    assert {each.name for each in cache.kept("sources", unexpected)} >= {"The Harbor Ledger", "Resting Star"}
    cache.forget()
    assert cache.kept("article-sums", unexpected, lasting=True)
    (ledger,) = (each for each in summaries(cache, NOW) if each.name == "The Harbor Ledger")
    assert ledger in made
    assert (ledger.articles > 1, ledger.overdue) == (True, 1)
    cache.close()
