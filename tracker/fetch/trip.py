"""The way of one fetch through redirects; pure."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from ..model import FailureKind
from ..urls import join
from .stop import Stop

MAX_HOPS: Final = 5


class Trip:
    """Where a fetch stands: the address asked next, those that sent it on, the seconds spent on the network."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.hops: list[str] = []
        self.elapsed = 0.0

    def go(self, target: str) -> None:
        """Take a redirect. Raises Stop where it goes on too long or in a circle."""
        self.hops.append(self.url)
        self.url = target
        if target in self.hops:
            raise Stop(FailureKind.REDIRECTS, f"the address leads round in a circle, back to {target}")
        if len(self.hops) > MAX_HOPS:
            raise Stop(
                FailureKind.REDIRECTS,
                f"the address was redirected more than {MAX_HOPS} times, last to {target}; watch the final address",
            )


def target(here: str, location: str) -> str:
    """Return the address a redirect from *here* leads to. Raises Stop where that is nowhere on the web."""
    if not location:
        raise Stop(FailureKind.REDIRECTS, "the server redirects without saying where to")
    with suppress(UnicodeError):
        # Header bytes are kept as Latin-1; servers that do not percent-encode write UTF-8.
        location = location.encode("latin-1").decode("utf-8")
    there = join(here, location)
    if there is None:
        raise Stop(FailureKind.REDIRECTS, f"the server redirects to {location[:200]!r}, which is no web address")
    return there
