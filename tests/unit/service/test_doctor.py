from datetime import UTC, datetime

import pytest

from tests.archive_samples import grow, minutes, watch
from tests.archives import temporary_archive
from tracker.addresses.urls import host_of
from tracker.archive.watch_state import count_all
from tracker.config.root import load
from tracker.model.capture import Capture, Failure, FailureKind, NotModified
from tracker.service.doctor import archive_findings, clock_finding, config_findings, host_finding, watch_findings

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
