"""U1: an upgrade that is killed in any migration leaves an archive that can be upgraded, on either database."""

import gzip
import os
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.archives import ARTICLE, check_schema, make_at
from tests.migrations.test_earlier_releases import FIXTURES, RELEASES
from tests.service import LineProcess
from tracker.archive.articles import list_articles
from tracker.archive.ledger.log import list_checkpoints
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import SCHEMA, current, open_archive

UPGRADER = """
import os, sys
import sqlalchemy.engine.default as default
from tracker.archive.opening import open_archive
from tracker.archive import migrations

class Count:
    left = 0

def counted(real):
    def run(*args, **kwargs):
        result = real(*args, **kwargs)
        Count.left -= 1
        if Count.left == 0:
            os.kill(os.getpid(), 9)
        return result
    return run

for name in ("do_execute", "do_execute_no_params"):
    setattr(default.DefaultDialect, name, counted(getattr(default.DefaultDialect, name)))
open_archive("sqlite:///" + sys.argv[1], migrate=True).close()
for line in sys.stdin:
    url, revision, after = line.split()
    child = os.fork()
    if child == 0:
        Count.left, code = int(after), 1
        try:
            migrations.upgrade(url, revision)
            code = 0
        finally:
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def upgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineProcess]:
    process = LineProcess("-c", UPGRADER, str(tmp_path_factory.mktemp("first") / "first.db"))
    yield process
    process.close()


def is_killed(upgrader: LineProcess, url: str, revision: str, after: int) -> bool:
    """Upgrade, and return whether that was killed at statement `after`; it ended well if not."""
    code = int(upgrader.ask(f"{url} {revision} {after}"))
    assert code in {0, -signal.SIGKILL}
    return code != 0


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


OLDEST = 2
OLDER = [name for name in RELEASES if name.rpartition("-")[2] < SCHEMA]
"""Releases with an older schema."""
STATEMENTS = int(os.environ.get("WRITETHRU_UPGRADES", "5"))
"""The upgrade is killed after so many statements, then after as many more, until it is not killed any more."""


def test_a_killed_migration_is_as_if_it_had_not_started(url: str, upgrader: LineProcess) -> None:
    make_at(url, "0001")
    killed = set()
    for revision in range(OLDEST, int(SCHEMA) + 1):
        name, before, after = f"{revision:04}", current(url), STATEMENTS
        while is_killed(upgrader, url, name, after):
            killed.add(name)
            assert current(url) == before, "a migration was carried out in part"
            after += STATEMENTS
        assert current(url) == name
    assert len(killed) == int(SCHEMA) - OLDEST + 1, "a migration was never killed"
    with open_archive(url) as archive:
        assert [each.id for each in list_articles(archive)] == [ARTICLE]
    check_schema(url)


@pytest.mark.parametrize("release", OLDER)
def test_an_archive_of_the_release_before_survives_killed_upgrades(tmp_path, release, upgrader: LineProcess) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(gzip.decompress((FIXTURES / f"{release}.db.gz").read_bytes()))
    after, killed = STATEMENTS, 0
    while is_killed(upgrader, f"sqlite:///{path}", "head", after):
        after, killed = after + STATEMENTS, killed + 1
    assert killed
    with open_archive(f"sqlite:///{path}") as archive:
        assert sum(each.versions for each in list_articles(archive)) > 5
        (note,) = list_checkpoints(archive)
        assert verify(archive, against=note).damage == []
