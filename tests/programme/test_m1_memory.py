"""M1: a page that uses up all the memory of the process that reads it is quarantined; the service reads on.

The service and its child processes are real. What uses up the memory represents a parser's fault; none is known.
"""

import hashlib
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.programme.news_site import PAGE, NewsSite
from tests.service import RunningService
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.opening import open_archive
from tracker.archive.quarantine import get_quarantined
from tracker.model.watch import CheckOutcome

POISON = "poison"
HEAD = """
import sys
if "multiprocessing.spawn" in " ".join(sys.argv) or "--multiprocessing-fork" in sys.argv or "-c" in sys.argv:
    import tracker.extraction.extractor as extractor
    import tracker.extraction.reader as reader
    def poisoned(real):
        def read(body, *rest, **more):
            if b"poison" in body:
                die()
            return real(body, *rest, **more)
        return read
    extractor.read = poisoned(extractor.read)
    extractor.read_unless_same = poisoned(extractor.read_unless_same)
"""
USES_UP_MEMORY = """
def die():
    blocks = []
    while True:
        blocks.append(bytearray(b"x" * (64 << 20)))
"""
KILLS_THE_SERVICE = """
import os, pathlib, signal
service = os.getppid()  # of the process that page readers are forked from
if "reader" in globals():
    reader.confine = lambda: None  # as where the kernel confines nothing
def die():
    died = pathlib.Path(__file__).with_name("died")
    if not died.exists():
        died.touch()
        os.kill(service, signal.SIGKILL)
    os._exit(9)
"""


class PoisonedSite(NewsSite):
    """A site with a page that no child process survives."""

    def respond(self, path: str) -> tuple[str, str]:
        if path == "/news/0":
            return "text/html", PAGE.format(title=f"{POISON} at the quay", count="Two")
        return super().respond(path)


def poison(folder: Path, death: str) -> dict[str, str]:
    """Return an environment in which child processes run `death` when they read a poisoned page."""
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(HEAD + death)
    return {"PYTHONPATH": str(folder / "site")}


@pytest.mark.slow
def test_a_page_that_uses_up_memory_is_quarantined_and_the_service_goes_on(tmp_path: Path) -> None:
    env = poison(tmp_path, USES_UP_MEMORY)
    with PoisonedSite() as site:
        site.write_config(tmp_path)
        with RunningService(tmp_path, "--migrate", env=env) as service:
            service.until("the bad page failed", lambda: service.logged("check"))
            for edition in (1, 2, 3):
                site.edition = edition
                service.until("the good page goes on", partial(service.has_stored, edition))
            assert service.memory_mb < 300
            assert service.stop() == 0
            assert service.errors == []
            assert "more than 1 GiB of memory" in service.logged("check")[0]["detail"]
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as archive:
        bad, good = sorted(list_articles(archive), key=lambda each: each.url)
        assert (bad.versions, list_checks(archive, bad.id, 1)[0].outcome) == (0, CheckOutcome.FAILED)
        assert good.versions == 3
        quarantined = get_quarantined(archive, bad.id)
        assert quarantined is not None
    body = PAGE.format(title=f"{POISON} at the quay", count="Two").encode()
    assert (quarantined[0].body, quarantined[0].sha256) == (body, hashlib.sha256(body).hexdigest())


@pytest.mark.slow
def test_a_page_that_was_being_read_when_the_service_died_is_quarantined_at_the_next_start(tmp_path: Path) -> None:
    env = poison(tmp_path, KILLS_THE_SERVICE)
    with PoisonedSite() as site:
        site.write_config(tmp_path)
        with RunningService(tmp_path, "--migrate", env=env) as service:
            assert service.process.wait(90) == -signal.SIGKILL
        with RunningService(tmp_path, env=env) as service:
            service.until("the bad page failed", lambda: service.logged("check"))
            site.edition = 2
            service.until("the good page goes on", partial(service.has_stored, 1))
            assert service.stop() == 0
            assert service.errors == []
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as archive:
        [bad] = [each for each in list_articles(archive) if each.url.endswith("/news/0")]
        quarantined = get_quarantined(archive, bad.id)
        assert quarantined is not None
        assert POISON in quarantined[0].body.decode()
