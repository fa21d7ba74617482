from collections.abc import AsyncGenerator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.loopback import NOT_FOUND, LoopbackSites, html
from tests.programme.news_site import PAGE
from tests.service import RunningService
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.opening import open_archive

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
LAST_TICK = "writethru_last_tick_timestamp_seconds "
_edition = ["One"]


async def _page(host: str, path: str) -> AsyncGenerator[bytes, None]:
    yield NOT_FOUND if path == "/robots.txt" else html(PAGE.format(title=f"Flood at {host}", count=_edition[0]))


def sites(port: int = 0, hosts: tuple[str, ...] = HOSTS) -> LoopbackSites:
    made = LoopbackSites(hosts, _page)
    made.port = port
    return made


def last_tick(service: RunningService) -> float:
    """Return when the service last looked for due work, in Unix seconds."""
    (listening,) = service.logged("listening")
    with urlopen(listening["health"].replace("/healthz", "/metrics"), timeout=30) as answer:
        metrics = answer.read().decode()
    return next(float(line.split()[1]) for line in metrics.splitlines() if line.startswith(LAST_TICK))


def settings(folder: Path, port: int) -> None:
    head = (
        f'contact = "t@example.org"\n[archive]\ndatabase = "sqlite:///{folder}/archive.db"\n[fetch]\ndelay = "100ms"\n'
        '[service]\nlisten = "127.0.0.1:0"\nlog = "json"\ntick = "500ms"\n[web]\nlisten = ""\n'
    )
    sources = "".join(
        f'[[sources]]\nname = "{host}"\nevery = "1s"\nurls = ["http://{host}:{port}/news"]\n' for host in HOSTS
    )
    (folder / "writethru.toml").write_text(head + sources)


@pytest.mark.parametrize("left", [0, 2], ids=["nothing is reached", "two hosts are reached"])
def test_only_hosts_that_are_down_alone_are_backed_off(tmp_path: Path, left: int) -> None:
    _edition[0] = "One"
    with ExitStack() as stack:
        # The hosts that stay reachable are served by themselves, so that they are never down for an instant.
        port = stack.enter_context(sites(hosts=HOSTS[:left])).port if left else 0
        with sites(port, HOSTS[left:]) as others:
            settings(tmp_path, others.port)
            service = stack.enter_context(RunningService(tmp_path, "--migrate"))
            service.until("every page is stored", lambda: service.has_stored(len(HOSTS)))
        if left:
            service.until("a check fails", lambda: len(service.logged("check")) >= 2)
        else:
            service.until("the outage is noticed", lambda: service.logged("network"))
            began = last_tick(service)
            service.until("several ticks pass", lambda: last_tick(service) >= began + 2.5)
        _edition[0] = "Two"
        with sites(others.port, HOSTS[left:]):
            service.until("a new edition is stored", lambda: service.has_stored(len(HOSTS) + 1))
            assert service.stop(30) == 0
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as archive:
        failed = {
            each.host
            for each in list_articles(archive)
            for check in list_checks(archive, each.id)
            if check.outcome.saw_nothing
        }
        assert failed == {f"{host}:{others.port}" for host in (HOSTS[2:] if left else ())}
        assert {each.host for each in list_articles(archive) if each.failures} <= failed
    assert len(service.logged("network")) == (0 if left else 2), "it is said once, and once when it is over"
