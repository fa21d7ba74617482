"""K2: a pass that crashes at any named point, on either database, is made good by the next one, to the same result."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archives import new_archive_at
from tests.service import LineProcess
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import iter_versions
from tracker.model.alert import DeliveryState
from tracker.model.version import VersionQuery

from .crash_points import CRASHED, POINTS
from .news_site import NUMBERS, NewsSite

EDITIONS = 3
ONCE_A_PASS = {"listed", "claimed"}
"""Points that a pass gets past once, however many articles there are."""
ALERT_POINTS = {"claimed", "sent", "acknowledged"}
"""Points that a pass over first editions does not get to: they cause no alert."""
ON_SERVERS = {"written", "committed", "claimed", "sent"}
"""Points where the databases differ: what a crashed process had begun, what it had claimed."""


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineProcess]:
    folder = tmp_path_factory.mktemp("first")
    database = new_archive_at(folder / "archive.db")
    with NewsSite() as site:
        process = LineProcess("-m", "tests.programme.crash_points", str(site.write_config(folder, database)))
        yield process
        errors = process.close()
    assert "Traceback" not in errors, errors


def run_passes(passes: LineProcess, config: Path, site: NewsSite, point: str) -> int:
    """Publish editions; a pass over each crashes at the point, ever later, and the next one does not."""
    crashed = 0
    for edition in range(1, EDITIONS + 1):
        site.edition = edition
        if edition > 1 or point not in ALERT_POINTS:
            times = 1 if point in ONCE_A_PASS else min(edition, site.articles)
            assert passes.ask(f"{point} {times} {config}") == str(CRASHED)
            crashed += 1
        assert passes.ask(f"whole 0 {config}") == "0"
    return crashed


def check(database: str, site: NewsSite) -> None:
    """Compare all that is stored and all alerts with what was published."""
    with open_archive(database) as archive:
        versions = list(iter_versions(archive, VersionQuery(reverse=True)))
        deliveries = list_deliveries(archive, limit=1000)
        assert verify(archive).damage == []
    assert {each.state for each in deliveries} == {DeliveryState.DELIVERED}
    published = {f"{NUMBERS[n - 1]} streets" for n in range(1, EDITIONS + 1)}
    assert len(versions) == site.articles * EDITIONS, "a version was lost or stored twice"
    for article in {each.article for each in versions}:
        own = [each for each in versions if each.article == article]
        assert [each.n for each in own] == list(range(1, EDITIONS + 1))
        assert {" ".join(each.content.text.split()[:2]) for each in own} == published
    rows = {each.key: (each.article, each.version) for each in deliveries}
    assert len(set(rows.values())) == len(rows)
    assert {(each.article, each.n) for each in versions if each.n > 1} <= set(rows.values())
    received = {(each.key, each.article, each.version) for each in site.alerts}
    assert received == {(key, *what) for key, what in rows.items()}, "an alert was lost, or sent under another id"


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_any_point_is_made_good(tmp_path: Path, passes: LineProcess, point: str) -> None:
    database = new_archive_at(tmp_path / "archive.db")
    with NewsSite() as site:
        assert run_passes(passes, site.write_config(tmp_path, database), site, point) >= EDITIONS - 1
        check(database, site)


@pytest.mark.postgres
@pytest.mark.parametrize("point", [point for point in POINTS if point in ON_SERVERS])
def test_a_crash_at_a_point_is_made_good_on_a_server(tmp_path, passes: LineProcess, postgres_url, point: str) -> None:
    with NewsSite() as site:
        assert run_passes(passes, site.write_config(tmp_path, postgres_url), site, point) >= EDITIONS - 1
        check(postgres_url, site)
