"""Reading a hub where what is wrong with it is a value, as children hand it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PageError
from ..model import Failure, FailureKind
from .reading import read

if TYPE_CHECKING:
    from ..model import Hub, Listing


def attempt(hub: Hub, body: bytes, url: str, status: int) -> Listing | Failure:
    """Return what *body*, fetched from *url*, lists for *hub*; a Failure where it cannot be read."""
    try:
        return read(hub, body, url)
    except PageError as error:
        return Failure(FailureKind.UNREADABLE, str(error), hub.url, status)
