"""What every test may use."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from tests.archives import new_archive_at
from tests.postgres import Server, postgres
from tracker.archive import Archive, open_archive

__all__ = ["postgres"]

# A busy machine is no failure: no example is timed. In CI, Hypothesis' own profile stays below this one.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """Name a database with an empty archive to copy: migrating one takes longer than most tests."""
    url = postgres.create()
    open_archive(url, migrate=True).close()
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def emptied_postgres(postgres: Server, postgres_template: str) -> tuple[str, list[str]]:
    """Give the shape of an empty archive and the archives of that shape that tests before have left empty."""
    return postgres.shape(postgres.named(postgres_template)), []


@pytest.fixture
def postgres_url(postgres: Server, postgres_template: str, emptied_postgres: tuple[str, list[str]]) -> Iterator[str]:
    """Give the address of an empty archive on PostgreSQL: copying the template takes twenty times as long."""
    shape, emptied = emptied_postgres
    url = emptied.pop() if emptied else postgres.create(postgres_template)
    yield url
    if postgres.empty(url, shape):
        emptied.append(url)
    else:
        postgres.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def archive_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty archive, on each database."""
    if request.param == "sqlite":
        return new_archive_at(tmp_path / "archive.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def open_again(archive_url: str) -> Iterator[Callable[[], Archive]]:
    """Return what opens the same archive again and again."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(open_archive(archive_url))


@pytest.fixture
def archive(open_again: Callable[[], Archive]) -> Archive:
    """Give an empty archive, on each database."""
    return open_again()


@pytest.fixture
def store(archive: Archive) -> Archive:
    return archive


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own WRITETHRU_* settings out of the tests."""
    import os

    for name in list(os.environ):
        if name.startswith("WRITETHRU_") and name != "WRITETHRU_TEST_POSTGRES":
            monkeypatch.delenv(name)
