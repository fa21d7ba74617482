"""The gates of the soak: a perfect run passes, and each fault fails the gate that is there for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.unit.newsroom.test_scorer import article_of
from tracker.model import Article, Change, Label, LabelKind, Tracked, Version, VersionQuery
from tracker.newsroom.assessor import EVERY, TAKEN_DOWN, Assessment, Conditions, as_dict, assess, lines
from tracker.newsroom.season import Season, season
from tracker.newsroom.traps import Episode, State, Traits
from tracker.urls import article_id, host_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.ports import Store

START = datetime(2026, 11, 25, tzinfo=UTC)
POLL = 60.0


def calm() -> Season:
    """Return a season without traps, whose every edition lives long enough."""
    made = season(5, hours=24, outlets=3, articles=20)
    return replace(
        made,
        episodes=dict.fromkeys(made.episodes, ()),
        traits=dict.fromkeys(made.traits, Traits()),
        weather=dict.fromkeys(made.weather, ()),
    )


class Run:
    """A perfect run of a season, to be spoiled."""

    def __init__(self) -> None:
        self.season = calm()
        self.bases = {outlet.key: f"http://{outlet.host}" for outlet in self.season.play.outlets}
        self.contents: dict[str, list[tuple[Article, float, tuple[LabelKind, ...]]]] = {}
        self.access: list[dict[str, Any]] = []
        for piece in self.season.play.pieces:
            self.contents[self.url(piece.key)] = [(article_of(e), e.at + 20, ()) for e in piece.editions]
            for number, edition in enumerate(piece.editions, 1):
                self.access.append(self.asked(piece.key, number, edition.at + 20))
        self.access.sort(key=lambda entry: entry["t"])
        self.sink = [
            self.told(EVERY, url, n, "headline")
            for url, contents in self.contents.items()
            for n in range(2, len(contents) + 1)
        ]

    def url(self, key: str) -> str:
        piece = next(piece for piece in self.season.play.pieces if piece.key == key)
        return self.bases[piece.outlet] + piece.path

    def asked(self, key: str, edition: int, seconds: float, **more: Any) -> dict[str, Any]:
        at = (START + timedelta(seconds=seconds)).isoformat()
        plain = {
            "n": 2,
            "piece": key,
            "edition": edition,
            "status": 200,
            "state": "",
            "conditional": True,
            "path": "/x",
        }
        return {**plain, "t": seconds, "at": at, **more}

    @staticmethod
    def told(rule: str, url: str, version: int, kind: str, ident: str = "") -> dict[str, Any]:
        payload = {"rule": rule, "url": url, "version": version, "labels": [{"kind": kind}]}
        return {"status": 204, "id": ident or f"{rule}{url}{version}", "payload": payload, "signed": True}

    def articles(self) -> list[Tracked]:
        return [Tracked(article_id(url), "s", url, host_of(url), START) for url in self.contents]

    def versions(self, query: VersionQuery) -> Iterator[Version]:
        for url, contents in self.contents.items():
            if article_id(url) != query.article:
                continue
            for n, (content, at, kinds) in enumerate(contents, 1):
                change = Change(labels=tuple(Label(kind, "") for kind in kinds)) if kinds else None
                yield Version(query.article, n, url, START + timedelta(seconds=at), content, "x", "y", change=change)

    def assess(self, *away: tuple[float, float]) -> Assessment:
        conditions = Conditions(POLL, self.season.play.duration, away)
        return assess(cast("Store", self), self.season, self.bases, self.access, self.sink, conditions)

    def first(self, editions: int = 3) -> str:
        return next(piece.key for piece in self.season.play.pieces if len(piece.editions) >= editions)


@pytest.fixture
def run() -> Run:
    return Run()


def failing(found: Assessment) -> set[str]:
    return {gate.name for gate in found.gates if not gate.holds}


def test_a_perfect_run_passes_every_gate(run: Run) -> None:
    found = run.assess()
    assert failing(found) == set(), lines(found)
    assert found.holds
    assert as_dict(found)["holds"] is True
    assert all(" ok" in line for line in lines(found))


def test_an_edition_that_was_served_and_not_kept(run: Run) -> None:
    url = run.url(run.first())
    run.contents[url].pop()
    run.sink.remove(run.told(EVERY, url, len(run.contents[url]) + 1, "headline"))
    found = run.assess()
    assert "served completeness" in failing(found)
    assert any(fault.startswith("served and not stored") for fault in found.faults)


def test_what_nobody_could_see_is_excused(run: Run) -> None:
    key = run.first()
    url = run.url(key)
    run.contents[url].pop()
    run.sink.remove(run.told(EVERY, url, len(run.contents[url]) + 1, "headline"))
    last = next(p for p in run.season.play.pieces if p.key == key).editions[-1].at
    assert failing(run.assess((last - 1, run.season.play.duration))) == set()
    run.season.episodes[key] = (Episode(State.PAYWALL, last - 1),)
    run.access = [entry for entry in run.access if (entry["piece"], entry["t"]) != (key, last + 20)]
    assert failing(run.assess()) == set()


def test_an_invented_version(run: Run) -> None:
    url = run.url(run.first())
    run.contents[url].append((replace(run.contents[url][-1][0], title="Nobody printed this"), 80_000.0, ()))
    assert failing(run.assess()) == {"false versions"}


def test_a_flap_and_a_tested_headline_are_no_invention(run: Run) -> None:
    key = run.first()
    url, other = run.url(key), "The other headline"
    run.season.traits[key] = Traits(other_title=other)
    last = run.contents[url][-1][0]
    run.contents[url] += [
        (replace(last, title=other), 80_000.0, ()),
        (last, 80_100.0, (LabelKind.FLAP,)),
    ]
    assert failing(run.assess()) == set()


@pytest.mark.parametrize(
    ("spoil", "gate"),
    [
        (lambda run, url: run.sink.remove(run.told(EVERY, url, 2, "headline")), "alerts delivered"),
        (lambda run, url: run.sink.append(run.told(EVERY, url, 99, "headline")), "alerts of nothing"),
        (lambda run, url: run.sink.append(run.told(EVERY, url, 2, "headline", "again")), "alerts twice under two ids"),
        (lambda run, _url: run.sink.reverse(), "alerts out of order"),
        (
            lambda run, url: run.sink.append(run.told(TAKEN_DOWN, url, 1, "unpublished")),
            "takedowns told that were true",
        ),
        (
            lambda run, _url: run.access.append(run.asked(run.first(), 1, 9e4, path="/ads/1")),
            "requests robots.txt forbids",
        ),
    ],
)
def test_each_fault_fails_its_gate(run: Run, spoil: Any, gate: str) -> None:
    spoil(run, run.url(run.first()))
    assert failing(run.assess()) == {gate}


def test_a_takedown_nobody_was_told_of(run: Run) -> None:
    key = run.first(editions=1)
    piece = next(p for p in run.season.play.pieces if p.key == key)
    run.season.episodes[key] = (Episode(State.GONE, piece.editions[-1].at + 3 * 3600),)
    assert failing(run.assess()) == {"takedowns told"}
    run.sink.append(run.told(TAKEN_DOWN, run.url(key), 1, "unpublished"))
    assert failing(run.assess()) == set()


def test_an_idle_run_passes_nothing(run: Run) -> None:
    run.contents, run.access, run.sink = {}, [], []
    found = run.assess()
    assert not found.holds
    assert {"completeness", "false versions", "alerts delivered", "conditional requests"} <= failing(found)
