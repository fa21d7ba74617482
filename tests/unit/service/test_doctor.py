import os
import socket
from datetime import UTC, datetime

import pytest

from tests.archive_samples import grow, minutes, watch
from tests.archives import temporary_archive
from tracker.addresses.urls import host_of
from tracker.archive.watch_state import count_all
from tracker.config.root import load
from tracker.model.capture import Capture, Failure, FailureKind, NotModified
from tracker.service.doctor import archive_findings, clock_finding, config_findings, host_finding, watch_findings
from tracker.service.process import notify_systemd, watchdog_interval

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


@pytest.fixture(params=["path", "abstract"])
def listener(request, tmp_path):
    name = str(tmp_path / "notify") if request.param == "path" else f"@writethru-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        channel.settimeout(60)
        yield channel, {"NOTIFY_SOCKET": name}


def test_words_reach_systemd(listener):
    channel, environ = listener
    assert notify_systemd("READY=1", environ)
    assert channel.recv(100) == b"READY=1"


def test_the_environment_is_read_where_none_is_given(listener, monkeypatch):
    channel, environ = listener
    monkeypatch.setenv("NOTIFY_SOCKET", environ["NOTIFY_SOCKET"])
    assert notify_systemd("WATCHDOG=1")
    assert channel.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all"])
def test_without_systemd_words_go_nowhere(address):
    assert not notify_systemd("READY=1", {"NOTIFY_SOCKET": address})
    assert not notify_systemd("READY=1", {})


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
def test_the_watchdog_interval_is_what_systemd_asks_of_this_process(environ, seconds):
    assert watchdog_interval(environ) == seconds


def test_the_watchdog_interval_reads_the_environment(monkeypatch):
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    assert watchdog_interval() is None
