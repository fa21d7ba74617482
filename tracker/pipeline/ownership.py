"""Which source an article belongs to: the one whose site its address is on, whoever lists it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.urls import identity

if TYPE_CHECKING:
    from tracker.config import Config
    from tracker.model.check import Tracked


def may_claim(config: Config, source: str, url: str, tracked: Tracked) -> bool:
    """Say whether *source*, which lists *url*, takes over the article that another source put under watch.

    It does if the site is its own and not the other's; on a site that both share, if the directory is its own and not
    the other's, or if the other found the article by a redirect and does not list it. An alias is never taken over.
    """
    if source == tracked.source or identity(url) != identity(tracked.url):
        return False
    owners = config.owners(url)
    if source not in owners or tracked.source not in owners:
        return source in owners
    if owners[source] != owners[tracked.source]:
        return owners[source]
    holder = config.source(tracked.source)
    return tracked.listed_until is None and holder is not None and url not in holder.urls


def owner_of(config: Config, source: str, url: str) -> str:
    """Return the source that *url* belongs to: *source* itself unless the site is only that of others."""
    owners = config.owners(url)
    return source if source in owners or not owners else next(iter(owners))
