"""Verify the versions of a large archive in several processes, each some articles at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from tracker.archive.archive import Archive

from .logcheck import Checkpoints
from .version_check import ALL_ARTICLES

if TYPE_CHECKING:
    from tracker.archive.database.url import DatabaseUrl

    from .notes import Checkpoint

R = TypeVar("R")
# Articles, as `version_check.pages` takes them.
Share = tuple[int, int]
Check = Callable[[Archive, Checkpoints, Share], R]

# In a smaller archive the processes would take longer to start than they save.
MIN_VERSIONS: Final = 4_000
SHARE_VERSIONS: Final = 1_000
_COUNTS: Final = "SELECT article_id, count(*) AS versions FROM version GROUP BY article_id ORDER BY article_id"
_opened: list[tuple[Archive, Checkpoints]] = []  # in a child process: what it checks


def in_shares(archive: Archive, own: str | None, elsewhere: Checkpoint | None, check: Check[R]) -> Iterator[R] | None:
    """Return what *check*, a function of a module, returns for each share of all articles, in their order.

    Returns None where that would save nothing: there are few versions, or this process may use one processor only.
    Raises BrokenExecutor, when it is iterated, if a process dies.
    """
    processes = len(os.sched_getaffinity(0))
    shares = _shares(archive) if processes > 1 else []
    if len(shares) < MIN_VERSIONS // SHARE_VERSIONS:
        return None
    return _checked(archive.url, own, elsewhere, check, shares, min(processes, len(shares)))


def _checked(
    url: DatabaseUrl,
    own: str | None,
    elsewhere: Checkpoint | None,
    check: Check[R],
    shares: list[Share],
    processes: int,
) -> Iterator[R]:
    # Not forked: a child must not share the connections of its parent.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_open, initargs=(url, own, elsewhere)) as pool:
        yield from pool.map(_check_share, [check] * len(shares), shares)


def _shares(archive: Archive) -> list[Share]:
    """Return shares of about SHARE_VERSIONS versions that together cover every article row there can be."""
    ends: list[int] = []
    with archive.read() as connection:
        count = 0
        for row in connection.stream(_COUNTS):
            # Shares end between articles, because leaves of one article name each other.
            count += row.versions
            if count >= SHARE_VERSIONS:
                ends.append(row.article_id)
                count = 0
    return list(zip([ALL_ARTICLES[0], *ends], [*ends, ALL_ARTICLES[1]], strict=True))


# --- in a child process


def _open(url: DatabaseUrl, own: str | None, elsewhere: Checkpoint | None) -> None:
    # Ctrl-C reaches every process of the terminal; the parent ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    archive = Archive(url, readonly=True)
    _opened[:] = [(archive, Checkpoints(archive, own, elsewhere))]


def _check_share(check: Check[R], share: Share) -> R:
    ((archive, checkpoints),) = _opened
    return check(archive, checkpoints, share)
