"""Writethru: every version of a news article, with its evidence, and what changed between them.

The functions here are the public API; `docs/reference/python.md` documents it. `import tracker` loads no library: a
function does its imports when it is called, a class is imported when it is first looked up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tracker.archive.opening import open_archive
    from tracker.archive.versions import Rows, read_changes, read_labels, read_versions

    from .errors import PageError, TrackerError
    from .model.article import Article, Block, BlockKind, Notice, NoticeKind
    from .model.change import Change, Label, LabelKind
    from .model.source import Hub, HubKind, Listing, Target
    from .model.version import VersionQuery

__version__ = "0.2.0"

__all__ = [
    "Article",
    "Block",
    "BlockKind",
    "Change",
    "Hub",
    "HubKind",
    "Label",
    "LabelKind",
    "Listing",
    "Notice",
    "NoticeKind",
    "PageError",
    "Rows",
    "Target",
    "TrackerError",
    "VersionQuery",
    "__version__",
    "change_json",
    "compare",
    "extract",
    "open_archive",
    "parse_date",
    "read_changes",
    "read_labels",
    "read_listing",
    "read_opml",
    "read_versions",
    "robots_allows",
]

_NAMES_BY_MODULE: Final = {
    "addresses": "urls",  # undocumented: scripts that judge us against other readers of feeds bind it
    "archive.opening": "open_archive",
    "archive.versions": "Rows read_changes read_labels read_versions",
    "errors": "PageError TrackerError",
    "model.article": "Article Block BlockKind Notice NoticeKind",
    "model.change": "Change Label LabelKind",
    "model.source": "Hub HubKind Listing Target",
    "model.version": "VersionQuery",
}


def __getattr__(name: str) -> object:
    """Import a class or function of another module when it is first looked up (PEP 562)."""
    module = next((module for module, names in _NAMES_BY_MODULE.items() if name in names.split()), "")
    if not module:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def extract(html: bytes, url: str | None = None) -> Article:
    """Extract the article from a news page: title, dek, byline, dates, blocks with their kind, notices.

    Args:
        html: the page as it was served, in any encoding.
        url: its address; links are made absolute with it, and it may name the day of publication.

    Never raises for what a page may hold. A page without an article gives an Article with whatever was found, possibly
    nothing. A page built to hang or crash the HTML parser can do so: read untrusted pages in a process that you can
    kill.
    """
    from .extraction.extractor import read_article

    return read_article(html, url)


def compare(old: Article, new: Article) -> Change:
    """Compare two versions of an article: its labels, significance, and whether a note by the outlet announces it."""
    from .classify.label import classify
    from .diff.comparison import compare as diff

    return classify(old, new, diff(old, new))


def change_json(change: Change) -> dict[str, Any]:
    """Return a change as the object that `diff --json` writes for two files: values that `json.dumps` takes."""
    import json

    from .render.json import dumps
    from .views.change import ChangeView

    found: dict[str, Any] = json.loads(dumps(ChangeView.of(change, change.facts)))
    return found


def read_listing(body: bytes, url: str) -> Listing:
    """Read a feed, sitemap or section page and return the articles it lists; its bytes show its kind.

    Args:
        body: the page as it was served; gzip'd sitemaps are unpacked.
        url: the address it was fetched from, after redirects; relative links are joined to it.

    Raises PageError if the bytes are none of the three.
    """
    from .sources.hub_reader import read_listing as read

    return read(body, url)


def read_opml(body: bytes) -> list[Hub]:
    """Read a feed reader's subscription list and return its feeds in order, each address once.

    A file that is not well-formed gives what can be read of it. Raises PageError if the bytes are not OPML, or nothing
    can be read.
    """
    from .sources.opml import read

    return list(read(body).hubs)


def parse_date(text: str) -> datetime | None:
    """Parse a date as feeds and sitemaps write it; None if it is not a date from 1990 to 2100.

    Reads ISO 8601, RFC 5322, Unix time, and dates in the words of the CLDR's languages. The result is in UTC; a date
    without a zone is taken as UTC, one with a zone that is unknown or ambiguous is None. Never raises.
    """
    from .dates.parsing import parse_date as parse

    return parse(text)


def robots_allows(robots_txt: str, url: str) -> bool:
    """Return whether a host's robots.txt allows Writethru's crawler, `writethru`, to fetch `url` (RFC 9309).

    Raises UsageError if `url` is not a web address.
    """
    from .fetch.robots import verdict
    from .model.capture import RobotsRecord

    return verdict(RobotsRecord(200, robots_txt, datetime.now(UTC)), url) is None
