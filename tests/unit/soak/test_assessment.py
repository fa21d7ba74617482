"""The gates of the soak test: a perfect run passes all, and each kind of problem fails the gate for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import article_id
from tests.nightly.load import count_missed
from tests.soak.assessment import (
    EVERY,
    TAKEN_DOWN,
    ArchiveContents,
    Assessment,
    Conditions,
    as_dict,
    assess,
    format_lines,
    same_versions_gate,
)
from tests.soak.scenario import HOUR, Fault, FaultKind, FeedFault, RobotsFault, ServerTraits, make_scenario
from tests.soak.scoring import align, article_key, edition_key
from tracker.addresses.urls import host_of
from tracker.demo.schedule import Edition, demo_schedule
from tracker.model.article import Article, Block, BlockKind, Notice
from tracker.model.change import Change, Label, LabelKind
from tracker.model.story import CopyPair
from tracker.model.version import Version
from tracker.model.watch import WatchedArticle

Contents = list[tuple[Article, float, tuple[LabelKind, ...]]]
"""The versions of an article: what each says, when it was stored, its labels."""
START = datetime(2026, 11, 25, tzinfo=UTC)
INTERVAL = 60.0


def article_of(edition: Edition) -> Article:
    """Return what a perfect extractor reads. A dateline may be a block of its own."""
    first, *rest = edition.paragraphs
    head, dash, tail = first.partition(" — ")
    lead = [Block(BlockKind.DATELINE, f"{head} —"), Block(BlockKind.PARAGRAPH, tail)] if dash else []
    blocks = [*(lead or [Block(BlockKind.PARAGRAPH, first)]), *(Block(BlockKind.PARAGRAPH, text) for text in rest)]
    return Article(
        title=edition.title,
        dek=edition.dek,
        byline=edition.byline,
        blocks=(*blocks, Block(BlockKind.PROMO, "See: something")),
        notices=tuple(Notice(kind, text) for kind, text in edition.notes),
    )


class Run:
    """The archive and logs of a perfect run, for tests to spoil."""

    def __init__(self) -> None:
        made = make_scenario(9, hours=24, outlets=3, articles=20)
        self.scenario = replace(
            made,
            faults=dict.fromkeys(made.faults, ()),
            traits=dict.fromkeys(made.traits, ServerTraits()),
            outages=dict.fromkeys(made.outages, ()),
            feed_faults=dict.fromkeys(made.feed_faults, FeedFault.NONE),
            robots_faults=dict.fromkeys(made.robots_faults, RobotsFault.NONE),
        )
        self.bases = {outlet.key: f"http://{outlet.host}" for outlet in self.scenario.schedule.outlets}
        self.contents: dict[str, Contents] = {}
        self.access: list[dict[str, Any]] = []
        for article in self.scenario.schedule.articles:
            self.contents[self.url(article.key)] = [(article_of(e), e.at + 20, ()) for e in article.editions]
            for number, edition in enumerate(article.editions, 1):
                self.access.append(self.request(article.key, number, edition.at + 20))
        self.access += [self.request(key, None, 0.0, path="/robots.txt", article=None) for key in self.bases]
        self.access.sort(key=lambda entry: entry["t"])
        self.copies = list(self.scenario.reprints)
        self.alerts = [
            self.alert(EVERY, url, n, "headline")
            for url, contents in self.contents.items()
            for n in range(2, len(contents) + 1)
        ]
        self.take_down()

    def take_down(self) -> None:
        """Take down two articles of the last site at the end of the day, bring one back, and report it."""
        late = self.scenario.schedule.duration - 6 * 3600
        old = [each for each in self.scenario.schedule.articles if each.editions[-1].at < late - 3600]
        for article, fault in zip(
            old[-2:], (Fault(FaultKind.GONE, late), Fault(FaultKind.AWAY, late, late + 3600)), strict=True
        ):
            self.scenario.faults[article.key] = (fault,)
            self.alerts.append(self.alert(TAKEN_DOWN, self.url(article.key), 1, "unpublished"))
        self.report_return(old[-1].key)

    def report_return(self, key: str) -> None:
        for rule in (TAKEN_DOWN, EVERY):
            alert = self.alert(rule, self.url(key), 2, "restored", f"back {rule} {key}")
            self.alerts.append(alert | {"payload": alert["payload"] | {"type": "article.restored"}})

    def url(self, key: str) -> str:
        article = self.scenario.schedule.article(key)
        return self.bases[article.outlet] + article.path

    @staticmethod
    def request(key: str, edition: int | None, seconds: float, **more: Any) -> dict[str, Any]:
        entry = {
            "n": 2,
            "t": seconds,
            "at": (START + timedelta(seconds=seconds)).isoformat(),
            "outlet": key.partition("-")[0],
            "path": "/x",
            "article": key,
            "edition": edition,
            "status": 200,
            "fault": "",
            "conditional": True,
            "at_once": 1,
        }
        return entry | more

    @staticmethod
    def alert(rule: str, url: str, version: int, kind: str, message_id: str = "") -> dict[str, Any]:
        payload = {"rule": rule, "url": url, "version": version, "labels": [{"kind": kind}]}
        return {"status": 204, "id": message_id or f"{rule}{url}{version}", "payload": payload, "signed": True}

    @property
    def archive(self) -> ArchiveContents:
        articles = [
            (WatchedArticle(article_id(url), "s", url, host_of(url), START), list(versions_of(url, contents)))
            for url, contents in self.contents.items()
        ]
        ids = [sorted(article_id(self.url(key)) for key in pair) for pair in self.copies]
        return ArchiveContents(articles, [CopyPair(first, second, 1.0) for first, second in ids])

    def assess(self, *outages: tuple[float, float]) -> Assessment:
        conditions = Conditions(INTERVAL, self.scenario.schedule.duration, outages)
        return assess(self.archive, self.scenario, self.bases, self.access, self.alerts, conditions)

    def failing(self, *outages: tuple[float, float]) -> set[str]:
        return failing(self.assess(*outages))

    def first(self, editions: int = 3) -> str:
        """Return the key of the first article with so many editions."""
        return next(each.key for each in self.scenario.schedule.articles if len(each.editions) >= editions)

    def lose_last_version(self, key: str) -> None:
        url = self.url(key)
        self.contents[url].pop()
        self.alerts.remove(self.alert(EVERY, url, len(self.contents[url]) + 1, "headline"))


def versions_of(url: str, contents: Contents) -> Iterator[Version]:
    for n, (content, at, kinds) in enumerate(contents, 1):
        change = Change(labels=tuple(Label(kind, "") for kind in kinds)) if kinds else None
        yield Version(article_id(url), n, url, START + timedelta(seconds=at), content, "x", "y", change=change)


def failing(found: Assessment) -> set[str]:
    return {gate.name for gate in found.gates if not gate.holds}


@pytest.fixture
def run() -> Run:
    return Run()


def test_a_perfect_run_passes_every_gate_and_an_idle_run_none(run: Run) -> None:
    found = run.assess()
    assert failing(found) == set(), format_lines(found)
    assert found.holds
    assert as_dict(found)["holds"] is True
    assert all(" ok" in line for line in format_lines(found))
    run.contents, run.access, run.alerts = {}, [], []
    found = run.assess()
    assert failing(found) == {gate.name for gate in found.gates}


def test_an_edition_that_was_served_but_not_stored_fails(run: Run) -> None:
    run.lose_last_version(run.first())
    found = run.assess()
    assert "served completeness" in failing(found)
    assert any(problem.startswith("served but not stored") for problem in found.problems)


def test_an_edition_that_could_not_be_seen_may_be_missing(run: Run) -> None:
    key = run.first()
    run.lose_last_version(key)
    last = run.scenario.schedule.article(key).editions[-1].at
    unseen = {"takedowns reported", "returns reported"}
    assert run.failing((last - 1, run.scenario.schedule.duration)) == unseen, "they fail where there was nothing to see"
    run.scenario.faults[key] = (Fault(FaultKind.PAYWALL, last - 1),)
    run.access = [entry for entry in run.access if (entry["article"], entry["t"]) != (key, last + 20)]
    assert run.failing() == set()


@pytest.mark.parametrize("labels", [(), (LabelKind.FLAP,)])
def test_a_version_that_was_never_published_fails_though_it_is_called_a_flap(run: Run, labels) -> None:
    url = run.url(run.first())
    run.contents[url].append((replace(run.contents[url][-1][0], title="Nobody published this"), 80_000.0, labels))
    assert run.failing() == {"false versions"}


def test_flaps_and_tested_headlines_are_not_false_versions(run: Run) -> None:
    key = run.first()
    url, other = run.url(key), "The other headline"
    run.scenario.traits[key] = ServerTraits(other_title=other)
    last = run.contents[url][-1][0]
    run.contents[url] += [(replace(last, title=other), 80_000.0, ()), (last, 80_100.0, (LabelKind.FLAP,))]
    assert run.failing() == set()


@pytest.mark.parametrize(
    ("spoil", "gate"),
    [
        (lambda run, url: run.alerts.remove(run.alert(EVERY, url, 2, "headline")), "alerts delivered"),
        (lambda run, url: run.alerts.append(run.alert(EVERY, url, 99, "headline")), "alerts without a version"),
        (lambda run, url: run.alerts.append(run.alert(EVERY, url, 2, "headline", "again")), "alerts under two ids"),
        (lambda run, _url: run.alerts.reverse(), "alerts out of order"),
        (
            lambda run, url: run.alerts.append(run.alert(TAKEN_DOWN, url, 1, "unpublished")),
            "takedowns reported that were true",
        ),
        (
            lambda run, _url: run.access.append(run.request(run.first(), 1, 9e4, path="/ads/1")),
            "requests that robots.txt forbids",
        ),
        (
            lambda run, _url: run.scenario.robots_faults.update(site0=RobotsFault.EXTRA_RULES),
            "requests that robots.txt forbids",
        ),
        (lambda run, _url: run.access.insert(0, run.request(run.first(), 1, -1.0)), "requests without a robots.txt"),
        (
            lambda run, _url: run.access.append(run.request(run.first(), 1, 9e4, at_once=2)),
            "concurrent requests per host",
        ),
        (lambda run, _url: run.copies.pop(), "copies found"),
        (lambda run, _url: run.copies.append(("site0-0", "site0-1")), "false copies"),
    ],
)
def test_each_problem_fails_its_gate(run: Run, spoil: Callable[[Run, str], None], gate: str) -> None:
    spoil(run, run.url(run.first()))
    assert run.failing() == {gate}


def test_an_old_text_that_is_reported_as_news_fails(run: Run) -> None:
    key = run.first()
    run.scenario.traits[key] = ServerTraits(lags=(0.0, 0.0, 300.0))
    contents = run.contents[run.url(key)]
    contents += [(contents[0][0], 80_000.0, (LabelKind.REWRITE,)), (contents[-1][0], 80_100.0, (LabelKind.FLAP,))]
    assert run.failing() == {"flaps reported as news"}


def test_a_revert_counts_as_stored_if_the_edition_between_was_not_seen(run: Run) -> None:
    key = run.first()
    article = run.scenario.schedule.article(key)
    revert = replace(article.editions[0], at=article.editions[1].at + 400, kinds=frozenset({LabelKind.RESTORED}))
    reverted = replace(article, editions=(*article.editions[:2], revert))
    articles = tuple(reverted if each.key == key else each for each in run.scenario.schedule.articles)
    run.scenario = replace(run.scenario, schedule=replace(run.scenario.schedule, articles=articles))
    run.access = [e for e in run.access if e["article"] != key or e["edition"] == 1]
    run.access.append(run.request(key, 3, revert.at + 20))
    url = run.url(key)
    run.alerts = [e for e in run.alerts if e["payload"]["url"] != url]
    run.contents[url] = run.contents[url][:1]
    outage = (article.editions[1].at - 1, revert.at)
    assert run.failing(outage) == set()
    run.contents[url] += [(article_of(article.editions[1]), article.editions[1].at + 5, ())]
    run.alerts.append(run.alert(EVERY, url, 2, "headline"))
    assert "true reverts stored" in run.failing(outage)


def test_an_article_under_two_ids_fails(run: Run) -> None:
    url = run.url(run.first())
    run.contents[url + "-moved"] = run.contents[url][:1]
    assert "articles under two ids" in run.failing()


def test_a_page_that_came_back_must_be_reported(run: Run) -> None:
    key = run.first(editions=1)
    gone = run.scenario.schedule.article(key).editions[-1].at + 3 * 3600
    run.scenario.faults[key] = (Fault(FaultKind.AWAY, gone, gone + 3 * INTERVAL),)
    assert run.failing() == set(), "it was not gone for long enough to be reported"
    run.scenario.faults[key] = (Fault(FaultKind.AWAY, gone, gone + 3600),)
    assert run.failing() == {"takedowns reported"}
    run.alerts.append(run.alert(TAKEN_DOWN, run.url(key), 1, "unpublished"))
    assert run.failing() == {"returns reported"}
    run.report_return(key)
    assert run.failing() == set()


def test_a_takedown_must_be_reported(run: Run) -> None:
    key = run.first(editions=1)
    last = run.scenario.schedule.article(key).editions[-1].at
    run.scenario.faults[key] = (Fault(FaultKind.GONE, last + 3 * 3600),)
    assert run.failing() == {"takedowns reported"}
    run.alerts.append(run.alert(TAKEN_DOWN, run.url(key), 1, "unpublished"))
    assert run.failing() == set()


def test_a_takedown_before_the_site_had_a_robots_txt_need_not_be_reported(run: Run) -> None:
    key = run.first(editions=1)
    article = run.scenario.schedule.article(key)
    gone = article.editions[-1].at + 3 * 3600
    run.scenario.faults[key] = (Fault(FaultKind.GONE, gone),)
    for entry in run.access:
        if entry["path"] == "/robots.txt" and entry["outlet"] == article.outlet:
            entry["t"] = gone
    assert "takedowns reported" not in run.failing()


def test_a_run_with_faults_must_store_what_a_run_without_stored(run: Run) -> None:
    calm = run.assess()
    assert same_versions_gate(calm, calm).holds
    assert same_versions_gate(calm, calm).of > 100
    run.contents[run.url(run.first())].pop()
    assert not same_versions_gate(calm, run.assess()).holds
    never_watched = run.assess((0.0, run.scenario.schedule.duration))
    assert same_versions_gate(calm, never_watched).of == 0


def test_the_key_of_an_article_covers_its_words_but_not_its_white_space() -> None:
    article = demo_schedule().article("bridge")
    whole, key = article_of(article.editions[3]), edition_key(article.editions[3])
    assert article_key(whole) == key
    assert key not in {article_key(replace(whole, dek="")), article_key(replace(whole, notices=()))}


@given(st.lists(st.sampled_from("abc"), max_size=8), st.data())
def test_any_part_of_what_was_published_matches(published: list[str], data: st.DataObject) -> None:
    picked = data.draw(st.lists(st.booleans(), min_size=len(published), max_size=len(published)))
    archived = [each for each, taken in zip(published, picked, strict=True) if taken]
    found = align(archived, published)
    assert None not in found
    assert found == sorted(set(found), key=lambda index: -1 if index is None else index)
    assert [published[index] for index in found if index is not None] == archived


def test_the_same_seed_gives_the_same_scenario_and_another_seed_another() -> None:
    assert make_scenario(3, hours=2, outlets=2, articles=5) == make_scenario(3, hours=2, outlets=2, articles=5)
    assert make_scenario(3, hours=2, outlets=2, articles=5) != make_scenario(4, hours=2, outlets=2, articles=5)


@pytest.mark.parametrize("hours", [24, 336])
def test_every_kind_of_fault_occurs_in_the_scenarios_of_make_soak(hours: float) -> None:
    scenario = make_scenario(0, hours=hours)
    by_kind = {each.kind: each for faults in scenario.faults.values() for each in faults}
    assert by_kind.keys() == set(FaultKind)
    assert any(each.kind is FaultKind.AWAY and each.end < hours * HOUR for each in by_kind.values())
    assert set(scenario.feed_faults.values()) == set(FeedFault)
    assert set(scenario.robots_faults.values()) == set(RobotsFault)
    assert scenario.reprints


@pytest.mark.parametrize(
    ("polls", "missed"),
    [([41.0, 101.0, 161.0, 221.0], 0), ([41.0, 221.0], 1), ([41.0, 101.0], 1), ([161.0, 221.0], 1), ([], 1)],
)
def test_a_source_that_is_not_polled_for_two_intervals_has_missed_a_poll(polls: list[float], missed: int) -> None:
    assert count_missed(polls, began=100.0, ended=280.0, interval=60.0) == missed
