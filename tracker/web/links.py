"""The addresses of pages, which must not change, because people cite them; and whole numbers in addresses and forms."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

MAX_VERSION_DIGITS: Final = 6


def whole_number(text: str, max_digits: int = 9) -> int | None:
    """Return the number that `text` is in plain digits; None if it is anything else, or has too many digits."""
    # isdigit() alone also takes digits such as "²", and int() refuses more than 4,300 digits: both would be a crash.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= max_digits else None


def article(ident: str) -> str:
    """Return the page of an article."""
    return f"/articles/{quote(ident, safe='')}"


def version(ident: str, n: int) -> str:
    """Return the page of a version."""
    return f"{article(ident)}/{n}"


def diff(ident: str, old: int, new: int) -> str:
    """Return the page that compares two versions."""
    return f"{article(ident)}/{old}..{new}"


def led_to(ident: str, n: int) -> str:
    """Return the page of the change that led to a version: its diff, or the version itself if it is the first."""
    return diff(ident, n - 1, n) if n > 1 else version(ident, 1)


def source(name: str) -> str:
    """Return the page of a source."""
    return f"/sources/{quote(name, safe='')}"


def story(name: str) -> str:
    """Return the page of a story."""
    return f"/stories/{quote(name, safe='')}"


def search(**given: object) -> str:
    """Return a search, without empty parameters."""
    return f"/search{query(given)}"


def changes(**given: object) -> str:
    """Return a list of changes, without empty parameters."""
    return f"/changes{query(given)}"


def query(given: dict[str, object]) -> str:
    """Return a query string such as "?a=b", or "" if all parameters are empty."""
    pairs = {name: value for name, value in given.items() if value not in {"", None, False}}
    return f"?{urlencode(pairs)}" if pairs else ""


def wayback(url: str, at: datetime) -> str:
    """Return the address at web.archive.org of the capture of a page nearest to `at`."""
    return f"https://web.archive.org/web/{at:%Y%m%d%H%M%S}/{url}"


def archive_today(url: str) -> str:
    """Return the address at archive.today that lists its copies of a page."""
    return f"https://archive.ph/{url}"


def outward(url: str) -> str:
    """Return `url` if it is http or https, else "", so that no link runs a script."""
    return url if url.lower().startswith(("http://", "https://")) else ""
