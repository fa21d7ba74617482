import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import grow, minutes, watch
from tests.archives import temporary_archive
from tracker.addresses.urls import host_of
from tracker.archive.quarantine import quarantine
from tracker.archive.state import count_all
from tracker.config.root import load
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.capture import Capture, Failure, FailureKind, NotModified
from tracker.model.change import BlockChange, Change, Field, Label, LabelKind, NoticeChange, Op
from tracker.model.source import Scorecard, Share, Unseen, median_hours
from tracker.model.version import Version
from tracker.model.watch import Check, CheckOutcome, Remark
from tracker.service.doctor import archive_findings, clock_finding, config_findings, host_finding, watch_findings
from tracker.service.process import notify_systemd, watchdog_interval
from tracker.service.source_report import headline_only, moved_alone, scorecard, visit_gaps

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://example.org/robots.txt"


def answer(date: str) -> Capture:
    return Capture(URL, URL, 200, (("Date", date),) if date else (), b"", NOW, "0" * 64)


@pytest.mark.parametrize(
    ("date", "state", "said"),
    [
        ("Wed, 25 Nov 2026 12:00:30 GMT", "ok", "within 120 s"),
        ("Wed, 25 Nov 2026 13:00:00 GMT", "broken", "by 3600 s"),
        ("yesterday", "ok", "not compared with any host"),
        ("Fri, 31 Dec 9999 23:59:59 -0100", "ok", "not compared with any host"),
        ("", "ok", "not compared with any host"),
    ],
)
def test_the_clock_is_compared_with_ahost_finding(date, state, said):
    found = clock_finding([None, NotModified(URL, URL), answer(date)], NOW)
    assert found.state == state
    assert said in found.detail
    assert bool(found.remedy) == (state == "broken")


@pytest.mark.parametrize(
    ("given", "state", "remedy"),
    [
        (answer(""), "ok", ""),
        (Failure(FailureKind.STATUS, "404", URL, 404), "ok", ""),
        (Failure(FailureKind.DNS, "no such host", URL), "broken", "check the address, DNS and the network"),
        (
            Failure(FailureKind.BLOCKED_ADDRESS, "private", URL),
            "broken",
            "set WRITETHRU_ALLOW_PRIVATE=1 if this address is intended",
        ),
        (None, "broken", "check the network; try again later"),
    ],
)
def test_hosts(given, state, remedy):
    found = host_finding(host_of(URL), given, 5)
    assert (found.state, found.remedy) == (state, remedy)


def test_a_folder_that_is_missing_is_broken(tmp_path):
    found = archive_findings(f"sqlite:///{tmp_path}/none/x.db", NOW)
    assert [each.state for each in found] == ["broken", "broken"]
    assert found[1].remedy.startswith("mkdir -p ")


def test_each_proxy_is_listed_with_its_users_and_what_it_must_do_itself(tmp_path, monkeypatch):
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    path = tmp_path / "writethru.toml"
    path.write_text(
        """contact = "desk@example.org"
        fetch.proxy = "http://general.example:3128"
        [[sources]]
        name = "Herald"
        proxy = "http://own.example:3128"
        [[sources]]
        name = "Courier"
        proxy = { env = "COURIER_PROXY" }
        [[sources]]
        name = "Inside"
        proxy = ""
        """
    )
    said = [each.detail for each in config_findings(load(path), path) if each.what == "proxy"]
    assert [each.partition(";")[0] for each in said] == [
        "http://general.example:3128, for all other requests",
        "http://own.example:3128, for Herald",
        "a secret address, for Courier",
    ]
    assert all("must itself refuse those of its own network" in each for each in said)


@pytest.mark.parametrize(
    ("days", "said"), [(0.5, " on the first day"), (4, " MB a day so far"), (8, "0.0 MB a day in the last week")]
)
def test_growth_is_told_by_the_age_of_the_archive(days, said):
    with temporary_archive() as store:
        grow(store, watch(store), 2)
        counts = count_all(store)
        now = minutes(days * 24 * 60)
        (found,) = [each for each in watch_findings(store, counts, now) if each.what == "growth"]
    assert found.detail.endswith(said)
    if days == 4:
        assert f"about {counts.bytes / 4e6:,.1f} MB a day" in found.detail


def test_a_page_that_is_set_aside_is_named_with_the_command_that_shows_it():
    with temporary_archive() as store:
        article = watch(store)
        quarantine(store, article.id, answer(""), Failure(FailureKind.UNREADABLE, "the page hung", URL))
        (found,) = [each for each in watch_findings(store, count_all(store), NOW) if each.what == "pages"]
    assert found.remedy == f"writethru show {article.id} --quarantined"


@pytest.fixture(params=["path", "abstract"])
def listener(request, tmp_path):
    name = str(tmp_path / "notify") if request.param == "path" else f"@writethru-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        channel.settimeout(60)
        yield channel, {"NOTIFY_SOCKET": name}


def test_words_reach_systemd(listener, monkeypatch):
    channel, environ = listener
    monkeypatch.setenv("NOTIFY_SOCKET", environ["NOTIFY_SOCKET"])
    assert notify_systemd("WATCHDOG=1")
    assert channel.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all"])
def test_without_systemd_words_go_nowhere(address, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not notify_systemd("READY=1")
    monkeypatch.delenv("NOTIFY_SOCKET")
    assert not notify_systemd("READY=1")


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "120000000"}, 120.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_interval_is_what_systemd_asks_of_this_process(environ, seconds, monkeypatch):
    for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert watchdog_interval() == seconds


NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
EDIT = (BlockChange(Op.EDIT, 0, 0, (("-", "a"), ("+", "b"))),)
SAME = (BlockChange(Op.SAME, 0, 0, (("=", "a"),)),)


def version(n: int, change: Change | None = None, *, article: str = "a", **content: Any) -> Version:
    made = Article(**{"published": NOON, "modified": NOON, **content})
    return Version(article, n, "https://x.example/a", NOON + timedelta(hours=n), made, "1", "0" * 64, change=change)


def change(*kinds: LabelKind, announced: bool | None = False, **parts: Any) -> Change:
    labels = tuple(Label(kind, "x") for kind in kinds)
    return Change(**{"blocks": EDIT, "labels": labels, "announced": announced, **parts})


def test_nothing_flaps_and_removed_versions_give_no_shares():
    assert scorecard([]) == Scorecard()
    assert median_hours(()) is None
    assert Share().share is None
    gone = replace(version(3, change()), removed="asked to")
    found = scorecard([version(1), version(2, change(LabelKind.FLAP)), gone])
    assert (found.flaps, found.headline_only) == (1, Share(0, 0))


def test_hours_to_correction_with_counts():
    correct = change(LabelKind.CORRECTION, announced=True)
    found = scorecard(
        [
            version(1, notices=(Notice(NoticeKind.CORRECTION, "x"),)),
            version(2, correct),
            version(4, correct),
            version(9, correct),
            version(3, correct, published=None),
            version(3, correct, published=NOON + timedelta(days=9)),
        ]
    )
    assert found.correction_hours == (2.0, 4.0, 9.0)
    assert median_hours(found.correction_hours) == 4.0
    assert (found.undated_corrections, found.early_corrections) == (2, 1)


def test_the_publishers_clock():
    later = NOON + timedelta(minutes=5)
    form = change(LabelKind.COSMETIC, announced=None)
    found = scorecard(
        [
            version(1),
            version(2, change()),
            version(3, change(), modified=later),
            version(4, form, modified=later + timedelta(minutes=1)),
            version(5, change(), modified=None),
            version(6, change()),
        ]
    )
    assert found.clock_still == Share(1, 3)
    assert found.clock_for_form == Share(1, 1)


def test_headline_only_means_the_headline_and_a_clock_that_moves_alone_is_counted_once():
    title = Field("a", "b")
    assert headline_only(Change(title=title, blocks=SAME))
    assert headline_only(Change(title=title, blocks=EDIT, layout_only=True))
    assert not headline_only(Change(title=title, blocks=EDIT))
    assert not headline_only(Change(title=title, dek=title, blocks=SAME))
    assert not headline_only(Change(title=title, notices=(NoticeChange(NoticeKind.UPDATE, "x", Op.INSERT),)))
    assert not headline_only(Change(blocks=SAME))
    assert scorecard([version(1), version(2, change(title=title, blocks=SAME))]).headline_only == Share(1, 1)

    def check(minute: int, remark: Remark | None, subject: str = "") -> Check:
        at = datetime(2026, 11, 25, 9, minute, tzinfo=UTC)
        return Check("a" * 12, at, CheckOutcome.UNCHANGED, remark=remark, subject=subject)

    checks = [check(1, Remark.CLOCK, "09:10"), check(2, Remark.CLOCK, "09:10"), check(3, None)]
    checks += [check(4, Remark.CLOCK, "09:30"), check(5, Remark.BYLINE, "09:40")]
    assert moved_alone(checks) == 2


START = datetime(2026, 11, 25, 9, tzinfo=UTC)
LETTERS = {"s": CheckOutcome.UNCHANGED, "f": CheckOutcome.FAILED, "r": CheckOutcome.REFUSED, "g": CheckOutcome.GONE}


def checks(outcomes: str) -> list[Check]:
    """Return checks a minute apart: seen, failed, refused, gone."""
    return [Check("a" * 12, START + timedelta(minutes=n), LETTERS[each]) for n, each in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "count", "dark", "longest"),
    [
        ("", 0, 0, 0),
        ("sss", 0, 0, 0),
        ("sfs", 1, 2, 2),
        ("sffsrsg", 3, 5, 3),
        ("fs", 1, 1, 1),
        ("sff", 2, 2, 2),
        ("f", 1, 0, 0),
        ("rff", 3, 2, 2),
        ("gg", 0, 0, 0),
    ],
)
def test_checks_that_saw_nothing(outcomes: str, count: int, dark: int, longest: int) -> None:
    told = Unseen(count, len(outcomes), timedelta(minutes=dark), timedelta(minutes=longest))
    assert visit_gaps([checks(outcomes)]) == visit_gaps([checks(outcomes)[::-1]]) == told


@given(st.lists(st.text("sfrg", max_size=12), max_size=4))
def test_articles_add_up(articles: list[str]) -> None:
    whole = visit_gaps([checks(each) for each in articles])
    apart = [visit_gaps([checks(each)]) for each in articles]
    assert whole.time_unseen == sum((each.time_unseen for each in apart), timedelta(0))
    assert whole.longest == max((each.longest for each in apart), default=timedelta(0))
    assert (whole.count == 0) == (not set("".join(articles)) & {"f", "r"})
