"""The newspaper in a season's weather: the same outlets, with the traps of their servers."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from . import listings, page, traps
from .newspaper import Newspaper
from .server import Answer
from .traps import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from . import feeds
    from .clock import Clock
    from .noise import Noise
    from .play import Edition, Outlet, Piece
    from .season import Season
    from .server import Asked

MOVED = "-moved"
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_CONSENT = (
    "<h1>We value your privacy</h1><p>We and our 842 partners store and access information on your device, such as "
    "cookies. You may accept all of it or manage your options.</p><button>Accept all</button><button>Options</button>"
)
_BOT = (
    "<h1>Checking your browser before you access this site</h1><p>Enable JavaScript and cookies to continue.</p>"
    '<script src="/cdn-cgi/challenge.js"></script>'
)


class Troubled(Newspaper):
    """Serves a season; a context manager like the newspaper it is."""

    def __init__(self, season: Season, clock: Clock, opened: datetime, log: Path | None = None) -> None:
        super().__init__(season.play, clock, opened, log)
        self.season = season

    def _find(self, outlet: Outlet, path: str) -> Piece | None:
        return self.play.find(outlet.key, path.removesuffix(MOVED))

    def _state(self, piece: Piece, seconds: float) -> str:
        return self.season.state(piece, seconds) or ""

    def _served(self, piece: Piece, seconds: float, request: int) -> int | None:
        if self.season.state(piece, seconds) not in {None, State.CUT, *traps.TELLS_NEWS}:
            return None
        lag = self.season.traits[piece.key].lag(request)
        return piece.edition_at(
            max(seconds - lag, piece.editions[0].at) if seconds >= piece.editions[0].at else seconds
        )

    def _title(self, piece: Piece, edition: Edition, request: int) -> str:
        other = self.season.traits[piece.key].other_title
        return other if other and request % 2 else edition.title

    def _modified(self, piece: Piece, index: int, seconds: float) -> float | None:
        born, edited = piece.editions[0].at, piece.editions[index].at
        return self.season.traits[piece.key].last_modified(born, edited, seconds)

    def _robots(self, outlet: Outlet, seconds: float) -> Answer:
        return listings.robots_txt(self.season.robots[outlet.key], self.bases[outlet.key], seconds)

    def _listed(self, piece: Piece, index: int, seconds: float) -> Sequence[feeds.Item]:
        (item,) = super()._listed(piece, index, seconds)
        return listings.listed(item, self.season.listings[piece.key], seconds, piece.editions[0].at, index)

    def _etag(self, piece: Piece, index: int, request: int) -> str:
        return self.season.traits[piece.key].etag(piece.key, index, request)

    def _article(self, piece: Piece, asked: Asked, seconds: float, noisy: Noise, request: int) -> Answer:
        outlet = self.play.outlet(piece.outlet)
        state = self.season.state(piece, seconds)
        if state is None or piece.edition_at(seconds) is None:
            return super()._article(piece, asked, seconds, noisy, request)
        if state is State.MOVED and not asked.path.endswith(MOVED):
            return Answer(301, headers={"Location": piece.path + MOVED})
        if state in {State.MOVED, State.CHARSET}:
            told = super()._article(piece, asked, seconds, noisy, request)
            flipped = {"Content-Type": "text/html; charset=iso-8859-1"} if state is State.CHARSET else {}
            return replace(told, headers={**told.headers, **flipped})
        if state is State.CUT:
            whole = super()._article(piece, asked, seconds, noisy, request)
            return replace(whole, cut=whole.status == 200)
        return self._instead(state, outlet, piece, seconds, noisy)

    def _instead(self, state: State, outlet: Outlet, piece: Piece, seconds: float, noisy: Noise) -> Answer:
        missing = page.missing(outlet, noisy, gone=state is State.GONE).encode()
        shell = f"<title>{escape(outlet.name)}</title><div id=root></div><script src=/app.{noisy.build}.js></script>"
        answers = {
            State.UNAVAILABLE: Answer(503, b"busy", {"Retry-After": "2"}),
            State.GONE: Answer(410, missing, _HTML),
            State.MISSING: Answer(404, missing, _HTML),
            State.AWAY: Answer(404, missing, _HTML),
            State.SOFT_MISSING: Answer(200, missing, _HTML),
            State.HOME: Answer(302, headers={"Location": "/"}),
            State.LOOP: Answer(302, headers={"Location": f"{piece.path}?again={noisy.nonce[:2]}"}),
            State.CONSENT: Answer(200, _page("Before you continue", _CONSENT), _HTML),
            State.BOT_WALL: Answer(403, _page("Just a moment...", _BOT), _HTML),
            State.EMPTY: Answer(200, b"", _HTML),
            State.SHELL: Answer(200, f"<!doctype html><html><body>{shell}</body></html>".encode(), _HTML),
        }
        return answers[state] if state in answers else self._paywall(outlet, piece, seconds)

    def _paywall(self, outlet: Outlet, piece: Piece, seconds: float) -> Answer:
        index = piece.edition_at(seconds)
        assert index is not None
        edition = piece.editions[index]
        teaser = "".join(f"<p>{escape(text)}</p>" for text in edition.paragraphs[:2])
        body = (
            f'<script type="application/ld+json">{{"@type":"NewsArticle","isAccessibleForFree":false}}</script>'
            f"<article><h1>{escape(edition.title)}</h1>{teaser}<div class=paywall><h2>Subscribe to continue</h2><p>"
            f"This article is for subscribers of {escape(outlet.name)}. Already one? Sign in.</p></div></article>"
        )
        return Answer(200, _page(edition.title, body), _HTML)


def _page(title: str, body: str) -> bytes:
    return f"<!doctype html><html><head><title>{escape(title)}</title></head><body>{body}</body></html>".encode()
