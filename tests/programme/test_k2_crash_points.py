"""K2: a pass that dies at any named point, on either database, is made good by the next one, to the same truth."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.archives import new_archive_at
from tracker.archive import open_archive
from tracker.archive.ledger.verify import verify
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import iter_versions
from tracker.model import DeliveryState, VersionQuery

from .crashing import DIED, POINTS
from .press import STREETS, Press

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


EDITIONS = 3


class Passes:
    """Makes passes that live or die."""

    def __init__(self, config: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.programme.crashing", str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def make(self, config: Path, point: str = "whole", times: int = 0) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{point} {times} {config}\n")
        answer = self._process.stdout.readline()
        assert answer, "the forker died"
        return int(answer)

    def close(self) -> str:
        _, said = self._process.communicate(timeout=30)
        assert self._process.returncode == 0, said
        return said


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passes]:
    folder = tmp_path_factory.mktemp("first")
    with Press() as press:
        made = Passes(press.write(folder, new_archive_at(folder / "archive.db")))
        yield made
        said = made.close()
    assert "Traceback" not in said, said


def check(database: str, press: Press) -> int:
    """Compare all that is kept and all that was told with what was printed; return how many versions there are."""
    with open_archive(database) as store:
        kept = list(iter_versions(store, VersionQuery(reverse=True)))
        deliveries = list_deliveries(store, limit=1000)
        assert verify(store).damage == []
        assert list_deliveries(store, DeliveryState.DEAD) == list_deliveries(store, DeliveryState.PENDING) == []
    printed = {f"{STREETS[n - 1]} streets" for n in range(1, EDITIONS + 1)}
    assert len(kept) == press.articles * EDITIONS, "a version was lost or made twice"
    for article in {each.article for each in kept}:
        mine = [each for each in kept if each.article == article]
        assert [each.n for each in mine] == list(range(1, EDITIONS + 1))
        assert {" ".join(each.content.text.split()[:2]) for each in mine} == printed
    rows = {each.key: (each.article, each.version) for each in deliveries}
    assert len(set(rows.values())) == len(rows)
    assert {(each.article, each.n) for each in kept if each.n > 1} <= set(rows.values())
    assert {(each.key, each.article, each.version) for each in press.told} == {
        (key, *what) for key, what in rows.items()
    }, "an alert was lost, or told under another name"
    return len(kept)


def sweep(passes: Passes, config: Path, press: Press, point: str, first: int) -> int:
    """Print editions; a pass over each from *first* on dies at the point, ever later, and the next one lives."""
    died = 0
    for edition in range(1, EDITIONS + 1):
        press.edition = edition
        if edition > 1 or first:
            times = 1 if point in AT_ONCE else min(edition, press.articles)
            assert passes.make(config, point, times) == DIED
            died += 1
        assert passes.make(config) == 0
    return died


AT_ONCE = {"listed", "claimed"}
"""Once a pass, however many articles there are."""
TELLING = {"claimed", "sent", "acknowledged"}
"""Nothing is told of a first edition."""

SWEEPS = [(name, 0 if name in TELLING else 1) for name in POINTS]
ON_SERVERS = {"written", "committed", "claimed", "sent"}
"""Where the databases differ: what a dead process had begun, what it had claimed."""


@pytest.mark.xdist_group("k2")
@pytest.mark.parametrize(("point", "first"), SWEEPS)
def test_a_death_at_any_point_is_made_good(tmp_path: Path, passes: Passes, point: str, first: int) -> None:
    database = new_archive_at(tmp_path / "archive.db")
    with Press() as press:
        assert sweep(passes, press.write(tmp_path, database), press, point, first) >= EDITIONS - 1
        assert check(database, press) == press.articles * EDITIONS


@pytest.mark.postgres
@pytest.mark.xdist_group("k2")
@pytest.mark.parametrize(("point", "first"), [each for each in SWEEPS if each[0] in ON_SERVERS])
def test_a_death_at_a_point_is_made_good_on_a_server(
    tmp_path: Path, passes: Passes, postgres_url: str, point: str, first: int
) -> None:
    with Press() as press:
        assert sweep(passes, press.write(tmp_path, postgres_url), press, point, first) >= EDITIONS - 1
        assert check(postgres_url, press) == press.articles * EDITIONS
