"""What every test may use."""

import inspect
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests.archives import new_archive_at
from tests.postgres import Server, postgres
from tracker.archive import Archive, open_archive

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
    "tests/e2e/test_hostile.py": "services",
    "tests/e2e/test_kill.py": "services",
    "tests/e2e/test_many.py": "services",
    "tests/e2e/test_web_pages.py": "browser",
    "tests/e2e/test_web_scripts.py": "browser",
    "tests/e2e/test_web_site.py": "browser",
    "tests/integration/fetch/test_browser.py": "browser",
}
"""Files that never run beside others of their group: loaded services would be slow, a browser takes much memory."""

UNTRACED = ("tests/e2e/", "tests/programme/", "tests/integration/web/")
"""Their code runs in other processes, or is not measured; tracing the rest doubles their time and finds nothing."""

TRACED_CASES = 5
TRACED_EXAMPLES = 10
"""Cases and Hypothesis' examples of one test that are traced: others run the same lines on other words, and tracing
triples their time."""

FOREIGN = frozenset(
    "ALL_PROXY COLUMNS FORCE_COLOR HTTPS_PROXY HTTP_PROXY LESS LINES NOTIFY_SOCKET NO_COLOR PAGER WATCHDOG_PID"
    " WATCHDOG_USEC XDG_CONFIG_HOME".split()
)
"""Variables that change what the program does and are not about it."""

IS_TRACED = pytest.StashKey[bool]()


class FileScheduling(LoadFileScheduling):
    """Give the files of a group to one worker after another."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return ALONE.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FileScheduling:
    return FileScheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run three tests on two cores: every fifth waits for a process, a socket or a clock."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores * 3 // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files of slow tests, so that none of them is left alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    cases: Counter[str] = Counter()
    for item in sorted(items, key=lambda each: each.nodeid):
        cases[item.nodeid.partition("[")[0]] += 1
        item.stash[IS_TRACED] = (
            not item.nodeid.startswith(UNTRACED)
            and not item.get_closest_marker("untraced")
            and cases[item.nodeid.partition("[")[0]] <= TRACED_CASES
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage while a test that is not traced runs, nor while its fixtures are made."""
    controller = getattr(item.config.pluginmanager.get_plugin("_cov"), "cov_controller", None)
    if controller is None:
        return (yield)
    with _first_examples_traced(item, controller) if item.stash[IS_TRACED] else _untraced(controller):
        return (yield)


@contextmanager
def _untraced(controller: Any) -> Iterator[None]:
    controller.pause()
    try:
        yield
    finally:
        controller.resume()


@contextmanager
def _first_examples_traced(item: pytest.Item, controller: Any) -> Iterator[None]:
    given = getattr(getattr(item, "obj", None), "hypothesis", None)
    if given is None or inspect.iscoroutinefunction(given.inner_test):
        yield
        return
    inner, examples = given.inner_test, count(1)

    @wraps(inner)
    def counted(*args: Any, **kwargs: Any) -> Any:
        if next(examples) == TRACED_EXAMPLES + 1:
            controller.pause()
        return inner(*args, **kwargs)

    given.inner_test = counted
    try:
        yield
    finally:
        given.inner_test = inner
        if not controller.started:
            controller.resume()


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
    """Keep the developer's own settings, terminal, proxies and service manager out of the tests."""
    for name in list(os.environ):
        if name.upper() in FOREIGN or (name.startswith("WRITETHRU_") and name != "WRITETHRU_TEST_POSTGRES"):
            monkeypatch.delenv(name)
