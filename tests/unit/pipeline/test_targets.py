from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.model.source import Target
from tracker.model.watch import CheckOutcome, Mention, WatchedArticle
from tracker.pipeline.targets import (
    MAX_LISTED_DURATION,
    apply_mention,
    filter_targets,
    followed_hint,
    listed,
    may_claim,
    mention,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LISTED = NOW + 40 * HOUR
ARTICLE = WatchedArticle(
    id="a7f3c0ffee12",
    source="s",
    url="https://s.test/a",
    host="s.test",
    first_seen_at=NOW - 5 * HOUR,
    last_seen_at=NOW - HOUR,
    published_at=NOW - 6 * HOUR,
    listing_updated_at=NOW - 5 * HOUR,
    listed_until=LISTED,
)


def naming(updated: datetime | None, listed_until: datetime | None = LISTED) -> Target:
    return Target(ARTICLE.url, "A", NOW - 6 * HOUR, updated, listed_until)


TOLD = ARTICLE.listing_updated_at


@pytest.mark.parametrize(
    ("article", "target"),
    [
        (ARTICLE, naming(TOLD)),
        (ARTICLE, naming(TOLD, LISTED + HOUR)),
        (ARTICLE, replace(naming(TOLD), published=NOW - 7 * HOUR)),
        (replace(ARTICLE, listed_until=NOW), naming(TOLD, None)),
        (ARTICLE, naming(NOW - 9 * HOUR)),
        (replace(ARTICLE, update_hinted_at=NOW - HOUR / 4), naming(TOLD)),
    ],
    ids="same later-end other-date no-end clock-back touched-already".split(),
)
def test_a_hub_that_says_nothing_new_adds_nothing(article, target):
    assert mention(article, target, NOW) is None


@pytest.mark.parametrize(
    ("article", "target", "told", "touched"),
    [
        (ARTICLE, naming(NOW - HOUR / 2, LISTED), NOW - HOUR / 2, NOW),
        (ARTICLE, naming(NOW - 2 * HOUR), NOW - 2 * HOUR, None),
        (ARTICLE, naming(ARTICLE.last_seen_at), ARTICLE.last_seen_at, None),
        (replace(ARTICLE, listing_updated_at=None, listed_until=None, published_at=None), naming(NOW), NOW, None),
        (replace(ARTICLE, listed_until=NOW - HOUR), naming(TOLD), TOLD, None),
    ],
    ids="later-update seen-already seen-just-then first-word listed-again".split(),
)
def test_what_a_hub_says_anew_is_a_touch_where_it_is_later_than_the_last_look(article, target, told, touched):
    assert mention(article, target, NOW) == Mention(ARTICLE.id, NOW - 6 * HOUR, told, touched, LISTED, None)


def at(hours: float) -> Target:
    when = NOW + hours * HOUR
    return Target(f"https://s.test/{hours}", published=when, updated=when)


class TestListed:
    def test_a_hub_reaches_as_far_back_tomorrow_as_today_but_a_month_at_most(self):
        oldest, newest = listed([at(-48), at(-1)], NOW, HOUR / 6)
        assert oldest.listed_until == NOW + HOUR / 6, "it is read once more at least"
        assert newest.listed_until == NOW + 47 * HOUR
        _, newest = listed([at(-30_000), at(0)], NOW, HOUR)
        assert newest.listed_until == NOW + MAX_LISTED_DURATION
        assert listed([Target("https://s.test/b")], NOW, HOUR)[0].listed_until == NOW + 24 * HOUR
        _, newest = listed([at(-10), at(500)], NOW, HOUR)
        assert newest.listed_until == NOW + 10 * HOUR
        assert listed([at(500)], NOW, HOUR)[0].listed_until == NOW + 24 * HOUR


class TestTouched:
    @pytest.mark.parametrize("outcome", [CheckOutcome.NEW, CheckOutcome.FAILED, CheckOutcome.GONE])
    def test_a_check_that_could_not_see_a_change_teaches_nothing(self, outcome):
        assert followed_hint(replace(ARTICLE, update_hinted_at=NOW), outcome, NOW) is None

    def test_a_check_after_a_touch_or_silence_is_told_while_the_article_is_listed(self):
        assert followed_hint(replace(ARTICLE, update_hinted_at=NOW), CheckOutcome.CHANGED, NOW) is True
        assert followed_hint(ARTICLE, CheckOutcome.NOT_MODIFIED, NOW) is False
        assert followed_hint(ARTICLE, CheckOutcome.CHANGED, LISTED) is None
        assert followed_hint(replace(ARTICLE, listing_updated_at=None), CheckOutcome.CHANGED, NOW) is None


def test_what_was_told_is_known_of_the_article():
    told = Mention(ARTICLE.id, NOW - HOUR, NOW, NOW, LISTED, None)
    assert mention(apply_mention(ARTICLE, told), Target(ARTICLE.url, "", NOW - HOUR, NOW, LISTED), NOW) is None


TARGETS = [Target(f"https://s.test/{path}") for path in ("news/1", "sport/2", "news/3-live", "news/4")]


def urls(source: SourceConfig) -> list[str]:
    return [target.url.removeprefix("https://s.test/") for target in filter_targets(source, TARGETS)]


def test_everything_is_wanted_unless_patterns_or_a_limit_say_otherwise():
    assert urls(SourceConfig(name="s")) == ["news/1", "sport/2", "news/3-live", "news/4"]
    assert urls(SourceConfig(name="s", include=("/news/",), exclude=("-live$",))) == ["news/1", "news/4"]
    assert urls(SourceConfig(name="s", include=("/news/",), limit=2)) == ["news/1", "news/3-live"]


@pytest.mark.parametrize(
    ("url", "holder", "expected"),
    [("https://o.test/a", "s", True), ("https://s.test/a", "s", False), ("https://o.test/a", "o", False)],
)
def test_a_source_takes_over_what_is_on_its_own_site_but_never_by_an_alias(url, holder, expected):
    config = Config(sources=(SourceConfig(name="o", feeds=("https://o.test/feed",)),))
    held = replace(ARTICLE, url=url, source=holder, listed_until=None)
    assert may_claim(config, "o", "https://o.test/a", held) is expected
