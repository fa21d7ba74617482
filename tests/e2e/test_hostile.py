"""The real service among hostile servers: each ends in a named outcome, soon, in little memory, and harms nobody."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracker.archive import open_archive
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.hubs import list_hubs
from tracker.archive.versions import iter_versions
from tracker.model import CheckOutcome, VersionQuery

from .hostile_second import POISON
from .hostile_web import Web

if TYPE_CHECKING:
    from .hostile import Case

TIMEOUT = 12
MEMORY_MB = 300
LATEST = 30.0
LONGEST = 30.0
"""Seconds that a visit may take."""
PATIENCE = 400.0
"""Seconds for all of it; a quiet machine takes a minute."""
VISITS = 5
"""Seconds between two visits to the good paper, while all hostile ones are visited for the first time at once."""

LOOKS = 3
"""Visits to each page that changes at every visit."""

GOOD = {CheckOutcome.NEW, CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED}
BAD = {CheckOutcome.FAILED, CheckOutcome.REFUSED, CheckOutcome.GONE}


def configuration(web: Web) -> str:
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in web.cases:
        by_kind["again" if case.again else case.kind].append(case)
    urls, again = (json.dumps([web.url(case) for case in by_kind[kind]]) for kind in ("article", "again"))
    hubs = "".join(f"{kind} = {json.dumps([web.url(c) for c in by_kind[kind]])}\n" for kind in ("feeds", "sitemaps"))
    return (
        'contact = "t@example.org"\n[service]\ntick = "1s"\nlisten = ""\nconcurrency = 32\nlog = "json"\n'
        f'[fetch]\ntimeout = "{TIMEOUT}s"\n'
        f'[[sources]]\nname = "Good"\nevery = "1s"\nurls = ["{web.good_url}"]\n'
        f'[[sources]]\nname = "Again"\nevery = "2s"\nurls = {again}\n'
        f'[[sources]]\nname = "Hostile"\nevery = "1h"\npoll = "1h"\nlimit = 20\nurls = {urls}\n{hubs}'
    )


def resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("newsroom")
def test_hostile_servers_end_in_named_outcomes_and_harm_nobody(tmp_path: Path) -> None:
    with Web() as web:
        (tmp_path / "writethru.toml").write_text(configuration(web))
        env = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
        service = subprocess.Popen(
            [sys.executable, "-c", "from tracker.cli.main import main; main()", "run", "--migrate", "--no-pace"],
            cwd=tmp_path,
            env={**env, "WRITETHRU_ALLOW_PRIVATE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines: list[str] = []
        assert service.stderr is not None
        reader = threading.Thread(target=lambda: lines.extend(service.stderr or ()), daemon=True)
        reader.start()
        most, began = 0.0, time.monotonic()
        seen: dict[str, float] = {}
        url = f"sqlite:///{tmp_path / 'writethru.db'}"
        while (len(seen) < len(web.cases) or len(web.asked_good) <= VISITS) and time.monotonic() - began < PATIENCE:
            assert service.poll() is None, "the service ended"
            most = max(most, resident(service.pid))
            if (tmp_path / "writethru.db").exists() and lines:
                seen.update({name: time.monotonic() - began for name in outcomes(url, web) if name not in seen})
            time.sleep(0.5)
        missing = [case.name for case in web.cases if case.name not in seen]
        asked = list(web.asked_good)
        service.send_signal(signal.SIGTERM)
        assert service.wait(40) == 0
        reader.join(5)
        service.stderr.close()

    assert missing == [], "cases without any outcome"
    ended = outcomes(url, web)
    allowed = {case.name: GOOD | BAD if is_page(case) else BAD for case in web.cases}
    assert {name: was for name, was in ended.items() if was[0] not in allowed[name]} == {}
    assert [name for name, (outcome, detail) in ended.items() if outcome in BAD and not detail] == [], "without a word"
    crashes = [line for line in lines if '"event": "crash"' in line or "Traceback" in line]
    assert crashes == []
    assert most < MEMORY_MB
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert len(asked) > VISITS, "the good paper was hardly visited"
    assert max(gaps) < LATEST, "the good paper had to wait"
    with open_archive(url) as store:
        (good,) = list_articles(store, source="Good")
        assert good.url == web.good_url
        visits = [each for tracked in list_articles(store) for each in list_checks(store, tracked.id, 20)]
        assert len(visits) > len(web.cases) // 2
        assert [each for each in visits if each.elapsed > LONGEST] == []
        titles = {each.content.title for each in iter_versions(store, VersionQuery(article=good.id))}
    assert not any(POISON in title for title in titles), "another's page was taken for the good paper's"


def is_page(case: Case) -> bool:
    """Say whether it may be read all the same: a page with oddities, a list of odd entries."""
    return case.kept or case.kind != "article" or case.name.startswith("a tree")


def outcomes(url: str, web: Web) -> dict[str, tuple[CheckOutcome, str]]:
    """Return what each case came to, by its name."""
    found: dict[str, tuple[CheckOutcome, str]] = {}
    names = {web.url(case): case.name for case in web.cases}
    with open_archive(url) as store:
        for tracked in (*list_articles(store, source="Hostile"), *list_articles(store, source="Again")):
            checks = list_checks(store, tracked.id, LOOKS)
            if len(checks) >= (LOOKS if tracked.source == "Again" else 1) and tracked.url in names:
                found[names[tracked.url]] = (checks[0].outcome, checks[0].detail)
        for hub in list_hubs(store, "Hostile"):
            if hub.last_poll_at is not None:
                failed = bool(hub.failures)
                found[names[hub.hub.url]] = (CheckOutcome.FAILED if failed else CheckOutcome.UNCHANGED, hub.last_error)
    return found
