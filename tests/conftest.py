"""What every test may use."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests.archive_samples import watch
from tests.archives import close_opened, new_archive_at
from tests.postgres import Server, postgres
from tracker.archive.archive import Archive
from tracker.archive.opening import open_archive
from tracker.model.watch import WatchedArticle
from tracker.observe import logs

__all__ = ["postgres"]

# A busy machine is no failure: no example is timed. In CI, Hypothesis' own profile stays below this one.
settings.register_profile(
    "untimed",
    settings(),
    deadline=None,
    max_examples=int(os.environ.get("WRITETHRU_EXAMPLES", "50")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")


ALONE = {
    "tests/e2e/test_demo.py": "services",
    "tests/e2e/test_first_day.py": "browser",
    "tests/e2e/test_hostile.py": "services",
    "tests/e2e/test_kill.py": "services",
    "tests/e2e/test_many.py": "services",
    "tests/e2e/test_web_pages.py": "browser",
    "tests/integration/fetch/test_browser.py": "browser",
}
"""Files that never run along with others of their group: loaded services would be slow, a browser takes much memory."""

LONG = frozenset(
    f"tests/{name}.py"
    for name in (
        *(
            "integration/archive/test_evidence_packages",
            "integration/archive/test_forgeries",
            "integration/archive/test_tampering",
        ),
        *("integration/archive/test_raw", "integration/service/test_containers"),
        *("programme/test_k2_crash_points", "programme/test_u1_upgrade"),
    )
)
"""Files that take half a minute although none of their tests is slow; they begin early, too."""

FOREIGN = frozenset(
    "ALL_PROXY COLUMNS FORCE_COLOR HTTPS_PROXY HTTP_PROXY LESS LINES NOTIFY_SOCKET NO_COLOR PAGER WATCHDOG_PID"
    " WATCHDOG_USEC XDG_CONFIG_HOME".split()
)
"""Variables that change what the program does and are not about it."""


class FileScheduling(LoadFileScheduling):
    """Give the files of a group to one worker after another."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return ALONE.get(file, file)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the option that repeats this order of tests and these random values."""
    seed = config.getoption("randomly_seed", None)
    if seed is not None:
        terminalreporter.write_line(f"seed: --randomly-seed={seed}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FileScheduling:
    return FileScheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run three tests on two cores: every fifth waits for a process, a socket or a clock."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores * 3 // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that none of them is left alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")} | {config.rootpath / name for name in LONG}
    items.sort(key=lambda item: item.path not in slow)


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
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Return what gives the address of one more empty database, without an archive."""
    numbers = itertools.count()
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / f'{next(numbers)}.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    made: list[str] = []

    def create() -> str:
        made.append(server.create())
        return made[-1]

    yield create
    for url in made:
        server.drop(url)


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


@pytest.fixture
def tracked(store: Archive) -> WatchedArticle:
    """Watch an article in the empty archive."""
    return watch(store)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _same_logging() -> None:
    """Log in the same form in every test, whatever the test before it chose."""
    logs.configure(level="warning")


@pytest.fixture(autouse=True)
def _closed_archives() -> Iterator[None]:
    yield
    close_opened()


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own settings, terminal, proxies and service manager out of the tests."""
    for name in list(os.environ):
        if name.upper() in FOREIGN or (name.startswith("WRITETHRU_") and name != "WRITETHRU_TEST_POSTGRES"):
            monkeypatch.delenv(name)
