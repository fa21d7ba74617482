"""A small news site on loopback whose editor waits to be told: a front page, its feed, three articles and one edit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tracker.demo.news_server import NewsServer
from tracker.demo.schedule import SimulatedClock, demo_schedule

ARTICLES = ("budget", "hospital", "tides")
EDITED = "School repairs lead next year’s city budget"
"""The headline of the article that is corrected; the others keep their words, and "tides" changes all around them."""
_AFTER_THE_CORRECTION = 21.0


class NewsSite(NewsServer):
    """The Harbor Ledger of the demo, with its articles as they stand at first until `correct` is called."""

    def __init__(self) -> None:
        play = demo_schedule()
        self._seconds = 0.0
        articles = tuple(play.article(key) for key in ARTICLES)
        clock = SimulatedClock(monotonic=lambda: self._seconds)
        opened = datetime.now(UTC) - timedelta(hours=1)
        super().__init__(replace(play, articles=articles, outlets=play.outlets[:1]), clock, opened)

    @property
    def front_page(self) -> str:
        """The address of the front page, which links to the feed."""
        return self.bases["ledger"] + "/"

    @property
    def articles(self) -> dict[str, str]:
        """The addresses of the articles, by their keys."""
        return {each.key: self.url(each) for each in self.schedule.articles}

    def correct(self) -> None:
        """Publish a corrected amount in the article `EDITED`, with a note below it."""
        self._seconds = _AFTER_THE_CORRECTION

    def fetched(self, key: str) -> int:
        """Return how often an article was fetched."""
        return sum(entry["article"] == key for entry in self.access.entries())
