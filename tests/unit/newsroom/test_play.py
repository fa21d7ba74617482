from __future__ import annotations

from itertools import pairwise

import pytest

from tracker.newsroom import play
from tracker.newsroom.clock import Clock
from tracker.newsroom.noise import noise
from tracker.newsroom.play import LEAST_LIFE

SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_edition_lives_long_enough_to_be_seen(seed: int) -> None:
    made = play.demo(seed)
    for piece in made.pieces:
        ends = [edition.at for edition in piece.editions[1:]] + [piece.gone_at or made.duration]
        for edition, end in zip(piece.editions, ends, strict=True):
            assert end - edition.at >= LEAST_LIFE, (piece.key, edition.at)


def test_the_same_seed_gives_the_same_play_and_another_another() -> None:
    assert play.demo(7) == play.demo(7)
    assert play.demo(7) != play.demo(8)


def test_every_edition_differs_from_the_one_before_it() -> None:
    for piece in play.demo().pieces:
        for old, new in pairwise(piece.editions):
            words = (old.title, old.dek, old.byline, old.paragraphs, old.notes)
            assert words != (new.title, new.dek, new.byline, new.paragraphs, new.notes), piece.key
            assert new.kinds, piece.key


def test_the_plot_is_what_the_demo_promises() -> None:
    pieces = {piece.key: piece for piece in play.demo().pieces}
    wire = pieces["bridge"].editions
    assert len(wire) == 5
    assert wire[-1].notes[0][1].startswith("(Updates with")
    late = pieces["bridge-reprint"].editions
    assert [e.paragraphs for e in late] == [e.paragraphs for e in wire]
    assert all(copy.at > first.at for copy, first in zip(late[1:], wire[1:], strict=True))
    moved = pieces["storm"].editions
    assert sorted(moved[0].paragraphs) == sorted(moved[1].paragraphs)
    assert moved[0].paragraphs != moved[1].paragraphs
    headline = pieces["harbor-plan"].editions
    assert headline[0].paragraphs == headline[1].paragraphs
    assert headline[0].title != headline[1].title
    assert not pieces["hospital"].editions[1].notes
    assert pieces["budget"].editions[1].notes
    assert pieces["aide"].gone_at is not None
    assert len(pieces["tides"].editions) == 1
    assert pieces["tides"].restless


def test_an_article_is_nothing_then_stands_then_is_gone() -> None:
    aide = next(piece for piece in play.demo().pieces if piece.key == "aide")
    assert aide.gone_at is not None
    assert [aide.edition_at(t) for t in (0, aide.editions[0].at, aide.gone_at - 0.01, aide.gone_at)] == [
        None,
        0,
        0,
        None,
    ]
    assert not aide.is_gone(0)
    assert aide.is_gone(aide.gone_at)


def test_pieces_are_found_by_outlet_and_path() -> None:
    made = play.demo()
    bridge = made.pieces[0]
    assert made.find("ledger", bridge.path) == bridge
    assert made.find("courier", bridge.path) is None
    assert made.outlet("courier").name == "Inland Courier"


def test_prose_joins_lines_and_keeps_paragraphs() -> None:
    assert play.prose("\n  One\n  two.\n\n  Three.\n") == ("One two.", "Three.")


def test_the_clock_starts_runs_at_its_speed_stops_and_goes_on() -> None:
    real = [100.0]
    clock = Clock(2.0, lambda: real[0])
    assert clock.now() == 0
    assert not clock.running
    clock.start()
    real[0] += 3
    clock.start()
    assert clock.now() == 6
    clock.stop()
    real[0] += 50
    clock.stop()
    assert clock.now() == 6
    clock.start()
    real[0] += 1
    assert clock.now() == 8
    assert clock.running


def test_noise_differs_from_request_to_request_and_not_from_run_to_run() -> None:
    first, second = noise(1, "/a", 1, ("One",)), noise(1, "/a", 2, ("One",))
    assert first == noise(1, "/a", 1, ("One",))
    assert first.nonce != second.nonce
    assert first.csrf != second.csrf
    assert first.ads != second.ads
