"""A season is a function of its seed; what its servers answer is what its traps say."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tracker.newsroom.clock import Clock
from tracker.newsroom.season import season
from tracker.newsroom.server import Answer, Asked
from tracker.newsroom.traps import TELLS_NEWS, State
from tracker.newsroom.troubled import MOVED, Troubled

if TYPE_CHECKING:
    from tracker.newsroom.play import Piece
    from tracker.newsroom.season import Season

SEASON = season(3, hours=24, outlets=8, articles=50)


@pytest.fixture
def paper() -> Troubled:
    paper = Troubled(SEASON, Clock(1.0, monotonic=lambda: 0.0), datetime(2026, 11, 25, tzinfo=UTC))
    paper.bases = {outlet.key: f"http://{outlet.host}" for outlet in SEASON.play.outlets}
    return paper


def ask(paper: Troubled, piece: Piece, seconds: float, **headers: str) -> Answer:
    paper.clock = Clock(1.0, monotonic=lambda: 0.0)
    paper.clock._before = seconds
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return paper.answer(SEASON.play.outlet(piece.outlet), Asked("GET", piece.path, named))


def text(answer: Answer) -> str:
    body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
    return body.decode()


def struck(state: State) -> tuple[Piece, float]:
    """Return a piece and a moment at which it is in that state and not hidden by its site's weather."""
    for piece in SEASON.play.pieces:
        for each in SEASON.episodes[piece.key]:
            moment = each.start + 1
            if each.state is state and SEASON.state(piece, moment) is state and piece.edition_at(moment) is not None:
                return piece, moment
    raise AssertionError(state)


def test_the_same_seed_gives_the_same_season_and_another_another() -> None:
    assert season(3, hours=2, outlets=2, articles=5) == season(3, hours=2, outlets=2, articles=5)
    assert season(3, hours=2, outlets=2, articles=5) != season(4, hours=2, outlets=2, articles=5)


def test_a_short_season_has_no_reprint_that_comes_too_late() -> None:
    for seed in range(20):
        made = season(seed, hours=0.3, outlets=3, articles=10)
        assert all(piece.editions for piece in made.play.pieces)


def test_every_edition_differs_from_all_before_but_those_it_restores() -> None:
    restored = 0
    for piece in SEASON.play.pieces:
        words = [(e.title, e.dek, e.byline, e.paragraphs, e.notes) for e in piece.editions]
        assert all(one != other for one, other in pairwise(words)), piece.key
        restored += len(words) - len(set(words))
    assert restored > 3
    assert sum(len(piece.editions) for piece in SEASON.play.pieces) > 3 * len(SEASON.play.pieces)


def test_episodes_do_not_overlap_and_every_trap_is_set() -> None:
    for episodes in SEASON.episodes.values():
        assert all(one.end <= other.start for one, other in pairwise(episodes))
    assert {each.state for episodes in SEASON.episodes.values() for each in episodes} == set(State)


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        (State.UNAVAILABLE, 503, "busy"),
        (State.GONE, 410, "no longer available"),
        (State.MISSING, 404, "not found"),
        (State.AWAY, 404, "not found"),
        (State.SOFT_MISSING, 200, "not found"),
        (State.HOME, 302, ""),
        (State.MOVED, 301, ""),
        (State.LOOP, 302, ""),
        (State.PAYWALL, 200, "Subscribe to continue"),
        (State.CONSENT, 200, "We value your privacy"),
        (State.BOT_WALL, 403, "Enable JavaScript"),
        (State.EMPTY, 200, ""),
        (State.SHELL, 200, "<div id=root>"),
        (State.CUT, 200, "<h1"),
        (State.CHARSET, 200, "<h1"),
    ],
)
def test_each_trap_answers_as_it_does_in_the_wild(paper: Troubled, state: State, status: int, said: str) -> None:
    piece, moment = struck(state)
    answer = ask(paper, piece, moment)
    assert answer.status == status
    assert said in text(answer)
    assert answer.cut is (state is State.CUT)
    told = paper.access.entries()[-1]
    assert told["state"] == state
    assert (told["edition"] is not None) is (state in TELLS_NEWS or state is State.CUT)


def test_a_moved_article_is_told_at_its_new_address(paper: Troubled) -> None:
    piece, moment = struck(State.MOVED)
    assert ask(paper, piece, moment).headers["Location"] == piece.path + MOVED
    answer = paper.answer(SEASON.play.outlet(piece.outlet), Asked("GET", piece.path + MOVED, {}))
    assert answer.status == 200
    assert piece.editions[0].paragraphs[0][:40] in text(answer).replace("&quot;", '"')


def calm(wanted: Season, validator: str) -> Piece:
    return next(
        piece
        for piece in wanted.play.pieces
        if wanted.traits[piece.key].validator == validator
        and not any(wanted.traits[piece.key].lags)
        and not wanted.episodes[piece.key]
        and len(piece.editions) > 1
    )


@pytest.mark.parametrize(
    ("validator", "same", "later"), [("ok", 304, 200), ("none", 200, 200), ("request", 200, 200), ("frozen", 304, 304)]
)
def test_validators_tell_the_truth_or_not(paper: Troubled, validator: str, same: int, later: int) -> None:
    piece = calm(SEASON, validator)
    first, second = piece.editions[0].at + 1, piece.editions[1].at + 1
    etag = ask(paper, piece, first).headers.get("ETag", "none")
    if SEASON.state(piece, first + 1) is None:
        assert ask(paper, piece, first + 1, if_none_match=etag).status == same
    if SEASON.state(piece, second) is None:
        assert ask(paper, piece, second, if_none_match=etag).status == later


def test_headline_tests_and_stale_edges_show_by_request(paper: Troubled) -> None:
    tested = next(p for p in SEASON.play.pieces if SEASON.traits[p.key].other_title and not SEASON.episodes[p.key])
    quiet = next(t for t in range(int(tested.editions[0].at) + 1, 90_000, 60) if SEASON.state(tested, t) is None)
    pages = {SEASON.traits[tested.key].other_title in text(ask(paper, tested, quiet)) for _ in range(2)}
    assert pages == {True, False}
    stale = next(p for p in SEASON.play.pieces if any(SEASON.traits[p.key].lags) and len(p.editions) > 1)
    moment = stale.editions[1].at + 1
    assert {paper._served(stale, moment, number) for number in range(3)} <= {0, 1, None}
