"""The headers that say who is asking and what we already have. Pure functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..model.capture import Headers, Request

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOT_ALLOWED_IN_COMMENT: Final = re.compile(r'[^\x21-\x7e]|[()<>;\\"]')


def identity_headers(contact: str, version: str) -> Headers:
    """Return User-Agent, and From if *contact* is an e-mail address.

    Args: contact: the e-mail address or URL at which an outlet reaches whoever runs writethru; may be empty.
    version: of writethru.
    """
    contact = _NOT_ALLOWED_IN_COMMENT.sub("", contact.strip().removeprefix("mailto:"))
    agent = f"Mozilla/5.0 (compatible; writethru/{version}{'; +' + contact if contact else ''})"
    sender = (("From", contact),) if _EMAIL.fullmatch(contact) else ()
    return (("User-Agent", agent), *sender)


def conditional_headers(request: Request) -> Headers:
    """Return the headers that ask for the page only if it has changed, or none if nothing is known of it yet."""
    pairs = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return tuple((name, value) for name, value in pairs if value)
