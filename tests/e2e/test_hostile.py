"""The real service and hostile servers: each ends in a named outcome, soon, in little memory, and harms no other."""

import itertools
import json
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from tests.loopback import NOT_FOUND, LoopbackSites
from tests.service import RunningService
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.opening import open_archive
from tracker.archive.sources import list_hubs
from tracker.archive.versions import iter_versions
from tracker.model.version import VersionQuery
from tracker.model.watch import CheckOutcome

from .hostile import CASES, GOOD, HERE, POISON, SECOND, Case, made, page, whole

FETCH_TIMEOUT_SECONDS = 12
MAX_MEMORY_MB = 300
MAX_GAP_SECONDS = 60.0
"""Longest time between two visits to the good site."""
MAX_CHECK_SECONDS = 60.0
MAX_RUN_SECONDS = 400.0
"""A quiet machine takes a minute."""
MIN_GOOD_VISITS = 5
"""Visits to the good site while all hostile ones are visited for the first time at once."""
CHECKS_OF_CHANGING = 3
"""Checks of each page that changes at every visit."""

READ = {CheckOutcome.NEW, CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED}
BAD = {CheckOutcome.FAILED, CheckOutcome.REFUSED, CheckOutcome.GONE}


GOOD_HOST = "127.0.5.1"


class HostileSites(LoopbackSites):
    """Serve every case at an address of its own, and a good site whose page changes every two seconds."""

    def __init__(self, cases: Sequence[Case] = (*CASES, *SECOND)) -> None:
        self.cases = cases
        self._by_host = {_host(place): case for place, case in enumerate(cases)}
        self.good_requests: list[float] = []
        super().__init__([GOOD_HOST, *self._by_host], self._response, keep_alive=False)

    def url(self, case: Case) -> str:
        return _padded(HERE, f"http://{_host(self.cases.index(case))}:{self.port}/case")

    @property
    def good_url(self) -> str:
        return _padded(GOOD, f"http://{GOOD_HOST}:{self.port}/good")

    async def _response(self, host: str, path: str) -> AsyncGenerator[bytes, None]:
        case = self._by_host.get(host)
        is_robots_txt = path.startswith("/robots.txt")
        if is_robots_txt and (case is None or case.robots is None):
            yield NOT_FOUND
            return
        if case is None:
            self.good_requests.append(time.monotonic())
            yield whole(page(f"<p>At {int(time.time() / 2)} the water stood lower again.</p>"))
            return
        answer = made(case.robots if is_robots_txt and case.robots else case.answer)
        if isinstance(answer, bytes):
            yield answer.replace(HERE.encode(), self.url(case).encode()).replace(GOOD.encode(), self.good_url.encode())
            return
        async for part in answer:
            yield part


def _host(place: int) -> str:
    return f"127.0.{(4, 6)[place // 250]}.{1 + place % 250}"


def _padded(placeholder: str, url: str) -> str:
    """Make a URL as long as its placeholder, because Content-Length was computed with that."""
    return f"{url}/{'n' * (len(placeholder) - len(url) - 1)}"


def configuration(sites: HostileSites) -> str:
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in sites.cases:
        by_kind["again" if case.again else case.kind].append(case)
    urls, again = (json.dumps([sites.url(case) for case in by_kind[kind]]) for kind in ("article", "again"))
    hubs = "".join(f"{kind} = {json.dumps([sites.url(c) for c in by_kind[kind]])}\n" for kind in ("feeds", "sitemaps"))
    return (
        'contact = "t@example.org"\n[service]\ntick = "1s"\nlisten = ""\nconcurrency = 32\nlog = "json"\n'
        f'[fetch]\ntimeout = "{FETCH_TIMEOUT_SECONDS}s"\n'
        f'[[sources]]\nname = "Good"\nevery = "1s"\nurls = ["{sites.good_url}"]\n'
        f'[[sources]]\nname = "Again"\nevery = "2s"\nurls = {again}\n'
        f'[[sources]]\nname = "Hostile"\nevery = "1h"\npoll = "1h"\nlimit = 20\nurls = {urls}\n{hubs}'
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hostile_servers_end_in_named_outcomes_and_harm_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'writethru.db'}"
    with HostileSites() as sites:
        (tmp_path / "writethru.toml").write_text(configuration(sites))
        with RunningService(tmp_path, "--migrate") as service:
            memory, began = 0.0, time.monotonic()
            seen: set[str] = set()
            while len(seen) < len(sites.cases) or len(sites.good_requests) <= MIN_GOOD_VISITS:
                assert service.process.poll() is None, "the service ended"
                if time.monotonic() - began > MAX_RUN_SECONDS:
                    break
                memory = max(memory, service.memory_mb)
                if (tmp_path / "writethru.db").exists() and service.entries:
                    seen |= outcomes(url, sites).keys()
                time.sleep(0.5)
            visits = list(sites.good_requests)
            assert service.stop() == 0
            assert service.logged("crash") == []
            assert [line for line in service.output if "Traceback" in line] == []

    assert [case.name for case in sites.cases if case.name not in seen] == [], "cases without an outcome"
    ended = outcomes(url, sites)
    allowed = {case.name: READ | BAD if is_readable(case) else BAD for case in sites.cases}
    assert {name: was for name, was in ended.items() if was[0] not in allowed[name]} == {}
    assert [name for name, (outcome, detail) in ended.items() if outcome in BAD and not detail] == [], "no reason given"
    assert memory < MAX_MEMORY_MB
    assert len(visits) > MIN_GOOD_VISITS, "the good site was hardly visited"
    assert max(later - earlier for earlier, later in itertools.pairwise(visits)) < MAX_GAP_SECONDS
    with open_archive(url) as archive:
        (good,) = list_articles(archive, source="Good")
        assert good.url == sites.good_url
        checks = [each for tracked in list_articles(archive) for each in list_checks(archive, tracked.id, 20)]
        assert len(checks) > len(sites.cases) // 2
        assert [each for each in checks if each.elapsed > MAX_CHECK_SECONDS] == []
        titles = {each.content.title for each in iter_versions(archive, VersionQuery(article=good.id))}
    assert not any(POISON in title for title in titles), "another site's page was stored as the good site's"


def is_readable(case: Case) -> bool:
    """Return whether a case may be read all the same: a page with oddities, a list of odd entries."""
    return case.kept or case.kind != "article" or case.name.startswith("a tree")


def outcomes(url: str, sites: HostileSites) -> dict[str, tuple[CheckOutcome, str]]:
    """Return the outcome and its detail of each case that has been checked, by name."""
    found: dict[str, tuple[CheckOutcome, str]] = {}
    names = {sites.url(case): case.name for case in sites.cases}
    with open_archive(url) as archive:
        for tracked in (*list_articles(archive, source="Hostile"), *list_articles(archive, source="Again")):
            checks = list_checks(archive, tracked.id, CHECKS_OF_CHANGING)
            needed = CHECKS_OF_CHANGING if tracked.source == "Again" else 1
            if len(checks) >= needed and tracked.url in names:
                found[names[tracked.url]] = (checks[0].outcome, checks[0].detail)
        for hub in list_hubs(archive, "Hostile"):
            if hub.last_poll_at is not None:
                outcome = CheckOutcome.FAILED if hub.failures else CheckOutcome.UNCHANGED
                found[names[hub.hub.url]] = (outcome, hub.last_error)
    return found
