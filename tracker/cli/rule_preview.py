"""Preview how a page is extracted with the current rules of its host, and with rules that are being written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker.archive.habits import list_habits
from tracker.errors import ArchiveError, UsageError
from tracker.extraction import read
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply
from tracker.service.watchlist import source_of
from tracker.urls import hostname_of

from . import siterules
from .probe import charset

if TYPE_CHECKING:
    from tracker.model.article import Reading
    from tracker.model.capture import Capture

    from .app import App
    from .siterules import RuleFile


@dataclass(frozen=True)
class Trial:
    """A page and what is extracted from it with the rules of its host. `rules` is None if there are none."""

    url: str
    host: str
    reading: Reading
    rules: RuleFile | None


@dataclass(frozen=True)
class PreviewPage:
    """A page to extract. `url` is empty for a file whose address is not known."""

    body: bytes
    url: str
    charset: str = ""
    status: int = 200

    @classmethod
    def of(cls, capture: Capture) -> PreviewPage:
        """Return the page of a response."""
        return cls(capture.body, capture.final_url, charset(capture), capture.status)

    def under(self, rules: RuleFile | None) -> Reading:
        """Extract the page with `rules`."""
        made = rules.rules if rules else None
        return read(self.body, self.url or None, charset=self.charset, status=self.status, rules=made)


def attempt(app: App, page: PreviewPage) -> Trial:
    """Extract a page as the service would: with the rules of its host and without its source's learned boilerplate.

    If no address is known, the page's own canonical address decides which host's rules apply.
    """
    url = page.url or page.under(None).article.canonical_url
    host = hostname_of(url) if url else ""
    rules = siterules.in_force(siterules.files(app.config_path), host)
    reading = page.under(rules)
    return Trial(url, host, replace(reading, article=apply(_habits(app, url), reading.article)), rules)


def save(app: App, trial: Trial, given: tuple[str, ...]) -> str:
    """Write the rules `given` as KEY=VALUE for the host of `trial`; return the name of the file."""
    if not trial.host:
        raise UsageError("the page's address is not known", hint="give it with --url")
    return str(siterules.save(app.config_path, trial.host, siterules.parse(given)))


def _habits(app: App, url: str) -> LearnedBoilerplate:
    if not (url and app.config_path.exists()):
        return LearnedBoilerplate()
    try:
        with app.archive() as store:
            return LearnedBoilerplate().with_habits(list_habits(store, source_of(app.config, url).name))
    except ArchiveError:
        return LearnedBoilerplate()
