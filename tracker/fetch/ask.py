"""What a request says of itself and where it may be sent; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..errors import UsageError
from ..model import FailureKind
from ..urls import fetchable, origin_of
from .stop import Stop

if TYPE_CHECKING:
    from ..model import Headers, Request

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_UNFIT: Final = re.compile(r'[^\x21-\x7e]|[()<>;\\"]')


def identify(contact: str, version: str) -> Headers:
    """Return the headers that say who asks: User-Agent, and From where *contact* is an e-mail address."""
    reach = _UNFIT.sub("", contact.strip().removeprefix("mailto:"))
    known_as = f"Mozilla/5.0 (compatible; writethru/{version}{'; +' + reach if reach else ''})"
    named = (("From", reach),) if _EMAIL.fullmatch(reach) else ()
    return (("User-Agent", known_as), *named)


def address(url: str) -> str:
    """Return the form of *url* to fetch. Raises Stop where it is no web address."""
    try:
        return fetchable(url)
    except UsageError as error:
        raise Stop(FailureKind.BAD_URL, f"{error.message}; {error.hint}" if error.hint else error.message) from None


def condition(request: Request) -> Headers:
    """Return the headers that make *request* conditional, or none."""
    named = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return tuple((name, value) for name, value in named if value)


def same_site(here: str, there: str) -> bool:
    """Say whether a redirect stays on its origin, or only moves from http to https of the same host."""
    upgraded = "https" + here.removeprefix("http") if here.startswith("http:") else here
    return origin_of(there) in {origin_of(here), origin_of(upgraded)}
