"""The living newspaper: the outlets of a play, served on loopback while its clock runs."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import feeds, page
from .logbook import Logbook
from .noise import noise
from .server import Answer, Server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Self

    from .clock import Clock
    from .noise import Noise
    from .play import Edition, Outlet, Piece, Play
    from .server import Asked

_HTML = "text/html; charset=utf-8"


class Newspaper:
    """Serves every outlet of *play*; a context manager. The first request of all starts the clock.

    *opened* is the hour at which second 0 of the play is said to fall. What was asked and served is in `access`.
    """

    def __init__(self, play: Play, clock: Clock, opened: datetime, log: Path | None = None) -> None:
        self.play = play
        self.clock = clock
        self.opened = opened
        self.access = Logbook(log)
        self.bases: dict[str, str] = {}
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._requests = 0
        self._busy: Counter[str] = Counter()

    def __enter__(self) -> Self:
        for outlet in self.play.outlets:
            server = self._stack.enter_context(self._bound(outlet))
            self.bases[outlet.key] = server.base
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def url(self, piece: Piece) -> str:
        """Return the address of an article."""
        return self.bases[piece.outlet] + piece.path

    def _bound(self, outlet: Outlet) -> Server:
        def answer(asked: Asked) -> Answer:
            return self.answer(outlet, asked)

        try:
            return Server(answer, outlet.host)
        except OSError:
            # Not every system has the whole of 127.0.0.0/8; a second name for the first address is another host too.
            return Server(answer, "localhost")

    def answer(self, outlet: Outlet, asked: Asked) -> Answer:
        """Answer one request as the outlet would at this moment, and write it down."""
        with self._lock:
            self._requests += 1
            number = self._requests
            self._busy[outlet.key] += 1
            at_once = self._busy[outlet.key]
        if number == 1:
            self.clock.start()
        seconds = self.clock.now()
        path = urlsplit(asked.path).path
        piece = self._find(outlet, path)
        noisy = noise(self.play.seed, path, number, [title for title, _ in self._headlines(outlet, seconds, piece)])
        plain = (
            self._article(piece, asked, seconds, noisy, number) if piece else self._other(outlet, path, seconds, noisy)
        )
        answer = _packed(plain, asked, noisy)
        edition = self._served(piece, seconds, number) if piece else None
        self.access.write(
            n=number,
            t=round(seconds, 3),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            outlet=outlet.key,
            path=path,
            piece=piece.key if piece else None,
            edition=None if edition is None else edition + 1,
            status=answer.status,
            conditional=not asked.headers.keys().isdisjoint(("if-none-match", "if-modified-since")),
            at_once=at_once,
            bytes=len(answer.body),
            agent=asked.headers.get("user-agent", ""),
            state=self._state(piece, seconds) if piece else "",
        )
        with self._lock:
            self._busy[outlet.key] -= 1
        return answer

    def _find(self, outlet: Outlet, path: str) -> Piece | None:
        return self.play.find(outlet.key, path)

    def _served(self, piece: Piece, seconds: float, _request: int) -> int | None:
        """Return the index of the edition that a request is told."""
        return piece.edition_at(seconds)

    def _state(self, _piece: Piece, _seconds: float) -> str:
        """Name what keeps the news from being told; empty for nothing."""
        return ""

    def _title(self, _piece: Piece, edition: Edition, _request: int) -> str:
        return edition.title

    def _etag(self, piece: Piece, index: int, _request: int) -> str:
        return f'W/"{piece.key}-{index + 1}"' if piece.etag else ""

    def _modified(self, _piece: Piece, _index: int, _seconds: float) -> float | None:
        """Return the second of the play that Last-Modified names; None for no such header."""
        return None

    def _article(self, piece: Piece, asked: Asked, seconds: float, noisy: Noise, request: int) -> Answer:
        outlet = self.play.outlet(piece.outlet)
        index = self._served(piece, seconds, request)
        if index is None:
            gone = piece.is_gone(seconds)
            body = page.missing(outlet, noisy, gone=gone)
            return Answer(piece.gone_status if gone else 404, body.encode(), {"Content-Type": _HTML})
        edition = piece.editions[index]
        edition = replace(edition, title=self._title(piece, edition, request))
        headers = {"Content-Type": _HTML, "Cache-Control": "max-age=0"}
        if etag := self._etag(piece, index, request):
            headers["ETag"] = etag
            if asked.headers.get("if-none-match") == headers["ETag"]:
                return Answer(304, headers=headers)
        if (modified := self._modified(piece, index, seconds)) is not None:
            headers["Last-Modified"] = format_datetime(self._hour(modified).replace(microsecond=0), usegmt=True)
            # RFC 9110 13.1.3: where both are asked for, the ETag alone decides.
            asked_since = "" if "if-none-match" in asked.headers else asked.headers.get("if-modified-since", "")
            if asked_since == headers["Last-Modified"]:
                return Answer(304, headers=headers)
        sheet = page.Sheet(
            outlet=outlet,
            piece=piece,
            edition=edition,
            url=self.url(piece),
            published=self._hour(piece.editions[0].at),
            # A restless page is one whose makers write "now" wherever a date is asked for.
            modified=self._hour(seconds if piece.restless else edition.at),
            others=self._headlines(outlet, seconds, piece),
        )
        return Answer(200, page.article(sheet, noisy).encode(), headers)

    def _other(self, outlet: Outlet, path: str, seconds: float, noisy: Noise) -> Answer:
        base = self.bases[outlet.key]
        if path == "/robots.txt":
            return self._robots(outlet, seconds)
        if path == "/rss.xml":
            text = feeds.rss(outlet, base, self._items(outlet, seconds))
            return Answer(200, text.encode(), {"Content-Type": "application/rss+xml; charset=utf-8"})
        if path == "/news-sitemap.xml":
            text = feeds.sitemap(outlet, self._items(outlet, seconds))
            return Answer(200, text.encode(), {"Content-Type": "application/xml"})
        if path == "/":
            text = page.front(outlet, self._headlines(outlet, seconds, None), noisy)
            return Answer(200, text.encode(), {"Content-Type": _HTML})
        return Answer(404, page.missing(outlet, noisy, gone=False).encode(), {"Content-Type": _HTML})

    def _robots(self, outlet: Outlet, _seconds: float) -> Answer:
        text = feeds.ROBOTS.format(base=self.bases[outlet.key])
        return Answer(200, text.encode(), {"Content-Type": "text/plain"})

    def _standing(self, outlet: Outlet, seconds: float) -> list[tuple[Piece, int]]:
        found = [(piece, piece.edition_at(seconds)) for piece in self.play.of(outlet.key)]
        return [(piece, index) for piece, index in reversed(found) if index is not None]

    def _headlines(self, outlet: Outlet, seconds: float, but: Piece | None) -> tuple[tuple[str, str], ...]:
        standing = self._standing(outlet, seconds)
        return tuple((piece.editions[index].title, piece.path) for piece, index in standing if piece is not but)

    def _items(self, outlet: Outlet, seconds: float) -> list[feeds.Item]:
        return [
            item for piece, index in self._standing(outlet, seconds) for item in self._listed(piece, index, seconds)
        ]

    def _listed(self, piece: Piece, index: int, _seconds: float) -> Sequence[feeds.Item]:
        """Return the entries by which the outlet names an article."""
        item = feeds.Item(
            url=self.url(piece),
            title=piece.editions[index].title,
            dek=piece.editions[index].dek,
            published=self._hour(piece.editions[0].at),
            modified=self._hour(piece.editions[index].at),
        )
        return (item,)

    def _hour(self, seconds: float) -> datetime:
        return self.opened + timedelta(seconds=seconds)


def _packed(answer: Answer, asked: Asked, noisy: Noise) -> Answer:
    """Compress some answers and not others, as a row of edge servers does."""
    if answer.status != 200 or not noisy.gzip or "gzip" not in asked.headers.get("accept-encoding", ""):
        return answer
    headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Answer(answer.status, gzip.compress(answer.body, 5), headers, answer.cut)
