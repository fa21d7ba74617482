"""The addresses of pages. They stay as they are: people cite them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import VersionSummary


def article(ident: str) -> str:
    """Return the page of an article."""
    return f"/articles/{quote(ident, safe='')}"


def version(ident: str, n: int) -> str:
    """Return the page of a version."""
    return f"{article(ident)}/{n}"


def diff(ident: str, old: int, new: int) -> str:
    """Return the page of what lies between two versions."""
    return f"{article(ident)}/{old}..{new}"


def led_to(glance: VersionSummary) -> str:
    """Return the page that shows what a version brought: its diff, or itself where it is the first."""
    return diff(glance.article, glance.n - 1, glance.n) if glance.n > 1 else version(glance.article, 1)


def source(name: str) -> str:
    """Return the page of a source."""
    return f"/sources/{quote(name, safe='')}"


def story(name: str) -> str:
    """Return the page of a story."""
    return f"/stories/{quote(name, safe='')}"


def search(**given: object) -> str:
    """Return a search; what is empty is left out."""
    return f"/search{query(given)}"


def changes(**given: object) -> str:
    """Return a list of changes; what is empty is left out."""
    return f"/changes{query(given)}"


def query(given: dict[str, object]) -> str:
    """Return ?a=b, or nothing where nothing is given."""
    pairs = {name.removesuffix("_"): value for name, value in given.items() if value not in {"", None, False}}
    return f"?{urlencode(pairs)}" if pairs else ""


def wayback(url: str, at: datetime) -> str:
    """Return where web.archive.org shows a page as it was around *at*."""
    return f"https://web.archive.org/web/{at:%Y%m%d%H%M%S}/{url}"


def archive_today(url: str) -> str:
    """Return where archive.today lists its copies of a page."""
    return f"https://archive.ph/{url}"


def outward(url: str) -> str:
    """Return an address a link may lead to: http and https, nothing else."""
    return url if url.lower().startswith(("http://", "https://")) else ""
