"""M1: a page that eats all the memory its reader may use is quarantined; the service lives and reads the next one.

Reader and service are the real ones; what eats the memory stands for a parser's fault, of which none is known today.
"""

from __future__ import annotations

import hashlib
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.programme.press import PAGE, Press
from tracker.archive import open_archive
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.model import CheckOutcome
from tracker.pipeline.quarantine import get_quarantined

from .service import Running

if TYPE_CHECKING:
    from pathlib import Path

POISON = "poison"
HEAD = """
import sys
if "multiprocessing.spawn" in " ".join(sys.argv) or "--multiprocessing-fork" in sys.argv or "-c" in sys.argv:
    import tracker.extraction.pool as pool
    real = pool.read
    def poisoned(body, *rest, **more):
        if b"poison" in body:
            die()
        return real(body, *rest, **more)
    pool.read = poisoned
"""
STARVES = """
def die():
    held = []
    while True:
        held.append(bytearray(b"x" * (64 << 20)))
"""
TAKES_THE_SERVICE_ALONG = """
import os, pathlib, signal
def die():
    died = pathlib.Path(__file__).with_name("died")
    if not died.exists():
        died.touch()
        os.kill(os.getppid(), signal.SIGKILL)
    os._exit(9)
"""


class Poisoned(Press):
    """A paper one of whose pages no reader survives."""

    def answer(self, path: str) -> tuple[str, str]:
        if path == "/news/0":
            return "text/html", PAGE.format(title=f"{POISON} at the quay", count="Two")
        return super().answer(path)


def poison(folder: Path, death: str) -> dict[str, str]:
    """Have readers die by *death* of a poisoned page; return the environment that does it."""
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(HEAD + death)
    return {"PYTHONPATH": str(folder / "site")}


@pytest.mark.slow
def test_a_page_that_eats_all_memory_is_quarantined_and_the_service_lives(tmp_path: Path) -> None:
    env = poison(tmp_path, STARVES)
    with Poisoned() as press:
        quick = 'every = "300ms"\npoll = "500ms"'
        press.write(tmp_path, f"sqlite:///{tmp_path}/archive.db", service='tick = "200ms"', source=quick)
        with Running(tmp_path, "--migrate", env=env) as service:
            service.until("the bad page failed", lambda: service.said("check"), 60)
            for edition in (2, 3):
                press.edition = edition
                service.until("the good page goes on", partial(service.stored, edition), 60)
            assert service.resident < 300
            assert service.stop() == 0
            assert (service.said("crash"), service.output) == ([], [])
            assert "more memory than a reader may use" in service.said("check")[0]["detail"]
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as store:
        bad, good = sorted(list_articles(store), key=lambda each: each.url)
        assert (bad.versions, list_checks(store, bad.id, 1)[0].outcome) == (0, CheckOutcome.FAILED)
        assert good.versions == 3
        kept = get_quarantined(store, bad.id)
    body = PAGE.format(title=f"{POISON} at the quay", count="Two").encode()
    assert (kept.body, kept.sha256) == (body, hashlib.sha256(body).hexdigest())


@pytest.mark.slow
def test_a_page_in_whose_first_try_the_service_died_is_quarantined_by_the_next_life(tmp_path: Path) -> None:
    env = poison(tmp_path, TAKES_THE_SERVICE_ALONG)
    with Poisoned() as press:
        quick = 'every = "300ms"\npoll = "500ms"'
        press.write(tmp_path, f"sqlite:///{tmp_path}/archive.db", service='tick = "200ms"', source=quick)
        with Running(tmp_path, "--migrate", env=env) as service:
            assert service.process.wait(60) == -signal.SIGKILL
        with Running(tmp_path, env=env) as service:
            service.until("the bad page failed", lambda: service.said("check"), 60)
            press.edition = 2
            service.until("the good page goes on", partial(service.stored, 1), 60)
            assert service.stop() == 0
            assert (service.said("crash"), service.output) == ([], [])
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as store:
        [bad] = [each for each in list_articles(store) if each.url.endswith("/news/0")]
        assert POISON in get_quarantined(store, bad.id).body.decode()
