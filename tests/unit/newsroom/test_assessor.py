"""The gates of the soak: a perfect run passes, and each fault fails the gate that is there for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.unit.newsroom.test_scorer import article_of
from tracker.model import Article, Change, CopyPair, Label, LabelKind, Tracked, Version, VersionQuery
from tracker.newsroom.assessor import EVERY, Assessment, alike, as_dict, assess, lines
from tracker.newsroom.conduct import TAKEN_DOWN
from tracker.newsroom.gates import Conditions
from tracker.newsroom.listings import Listing, Robots
from tracker.newsroom.season import Season, season
from tracker.newsroom.traps import Episode, State, Traits
from tracker.urls import article_id, host_of

if TYPE_CHECKING:
    from collections.abc import Iterator


START = datetime(2026, 11, 25, tzinfo=UTC)
POLL = 60.0


def calm() -> Season:
    """Return a season without traps, whose every edition lives long enough."""
    made = season(9, hours=24, outlets=3, articles=20)
    return replace(
        made,
        episodes=dict.fromkeys(made.episodes, ()),
        traits=dict.fromkeys(made.traits, Traits()),
        weather=dict.fromkeys(made.weather, ()),
        listings=dict.fromkeys(made.listings, Listing.PLAIN),
        robots=dict.fromkeys(made.robots, Robots.PLAIN),
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
        self.access += [self.asked(key, None, 0.0, path="/robots.txt", piece=None) for key in self.bases]
        self.access.sort(key=lambda entry: entry["t"])
        self.copies = list(self.season.reprints)
        self.sink = [
            self.told(EVERY, url, n, "headline")
            for url, contents in self.contents.items()
            for n in range(2, len(contents) + 1)
        ]

    def url(self, key: str) -> str:
        piece = next(piece for piece in self.season.play.pieces if piece.key == key)
        return self.bases[piece.outlet] + piece.path

    def asked(self, key: str, edition: int | None, seconds: float, **more: Any) -> dict[str, Any]:
        at = (START + timedelta(seconds=seconds)).isoformat()
        plain = {
            "n": 2,
            "piece": key,
            "edition": edition,
            "status": 200,
            "state": "",
            "conditional": True,
            "path": "/x",
            "outlet": key.partition("-")[0],
            "at_once": 1,
        }
        return {**plain, "t": seconds, "at": at, **more}

    @staticmethod
    def told(rule: str, url: str, version: int, kind: str, ident: str = "") -> dict[str, Any]:
        payload = {"rule": rule, "url": url, "version": version, "labels": [{"kind": kind}]}
        return {"status": 204, "id": ident or f"{rule}{url}{version}", "payload": payload, "signed": True}

    def articles(self) -> list[Tracked]:
        return [Tracked(article_id(url), "s", url, host_of(url), START) for url in self.contents]

    def story_copies(self, _articles: list[str]) -> list[CopyPair]:
        idents = [sorted(article_id(self.url(key)) for key in pair) for pair in self.copies]
        return [CopyPair(first, second, 1.0) for first, second in idents]

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
        (lambda run, _url: run.season.robots.update(site0=Robots.CLOSED), "requests robots.txt forbids"),
        (
            lambda run, _url: run.access.insert(0, run.asked(run.first(), 1, -1.0)),
            "requests without a robots.txt",
        ),
        (
            lambda run, _url: run.access.append(run.asked(run.first(), 1, 9e4, at_once=2)),
            "requests to a host at once",
        ),
        (lambda run, _url: run.copies.clear(), "copies found"),
        (lambda run, _url: run.copies.append(("site0-0", "site0-1")), "copies that are none"),
    ],
)
def test_each_fault_fails_its_gate(run: Run, spoil: Any, gate: str) -> None:
    spoil(run, run.url(run.first()))
    assert failing(run.assess()) == {gate}


def test_an_old_text_that_is_told_as_news(run: Run) -> None:
    key = run.first()
    run.season.traits[key] = Traits(lags=(0.0, 0.0, 300.0))
    contents = run.contents[run.url(key)]
    contents += [(contents[0][0], 80_000.0, (LabelKind.REWRITE,)), (contents[-1][0], 80_100.0, (LabelKind.FLAP,))]
    assert failing(run.assess()) == {"flaps told as news"}


def test_a_revert_is_kept_where_nobody_saw_what_was_between(run: Run) -> None:
    key = run.first()
    piece = next(p for p in run.season.play.pieces if p.key == key)
    back = replace(piece.editions[0], at=piece.editions[1].at + 400, kinds=frozenset({LabelKind.RESTORED}))
    told = replace(piece, editions=(*piece.editions[:2], back))
    run.season = replace(run.season, play=replace(run.season.play, pieces=tuple(
        told if p.key == key else p for p in run.season.play.pieces
    )))  # fmt: skip
    run.access = [e for e in run.access if e["piece"] != key or e["edition"] == 1]
    run.access.append(run.asked(key, 3, back.at + 20))
    url = run.url(key)
    run.sink = [e for e in run.sink if e["payload"]["url"] != url]
    run.contents[url] = run.contents[url][:1]
    found = run.assess((piece.editions[1].at - 1, back.at))
    assert failing(found) == set(), found.faults
    run.contents[url] += [(article_of(piece.editions[1]), piece.editions[1].at + 5, ())]
    run.sink.append(run.told(EVERY, url, 2, "headline"))
    assert "true reverts kept" in failing(run.assess((piece.editions[1].at - 1, back.at)))


def test_an_article_under_two_names(run: Run) -> None:
    url = run.url(run.first())
    run.contents[url + "-moved"] = run.contents[url][:1]
    assert "articles under two names" in failing(run.assess())


def test_a_page_that_is_back_is_told(run: Run) -> None:
    key = run.first(editions=1)
    piece = next(p for p in run.season.play.pieces if p.key == key)
    gone = piece.editions[-1].at + 3 * 3600
    run.season.episodes[key] = (Episode(State.AWAY, gone, gone + 3600),)
    assert failing(run.assess()) == set(), "too short to be sure of"
    run.sink.append(run.told(TAKEN_DOWN, run.url(key), 1, "unpublished"))
    assert failing(run.assess()) == {"returns told"}
    run.sink.append(run.told(TAKEN_DOWN, run.url(key), 1, "restored", "back"))
    run.sink[-1]["payload"]["type"] = "article.restored"
    assert failing(run.assess()) == set()


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


def test_a_run_with_faults_must_keep_what_a_calm_one_kept(run: Run) -> None:
    calm = run.assess()
    assert alike(calm, calm).holds
    assert alike(calm, calm).of > 100
    url = run.url(run.first())
    run.contents[url].pop()
    assert not alike(calm, run.assess()).holds
    assert alike(calm, run.assess((0.0, run.season.play.duration))).of == 0, "nobody looked"
