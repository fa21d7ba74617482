"""M1: a page that eats all the memory its reader may use is quarantined; the service lives and reads the next one.

Reader and service are the real ones; what eats the memory stands for a parser's fault, of which none is known today.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.programme.press import PAGE, Press
from tracker.archive import open_archive
from tracker.model import CheckOutcome
from tracker.pipeline.quarantine import MEMO, read

from .service import Running

if TYPE_CHECKING:
    from pathlib import Path

POISON = "poison"
SITE = """
import sys
if "multiprocessing.spawn" in " ".join(sys.argv) or "--multiprocessing-fork" in sys.argv or "-c" in sys.argv:
    import tracker.extract.pool as pool
    real = pool.read
    def starving(body, *rest, **more):
        if b"poison" in body:
            held = []
            while True:
                held.append(bytearray(b"x" * (64 << 20)))
        return real(body, *rest, **more)
    pool.read = starving
"""


class Poisoned(Press):
    """A paper one of whose pages no reader survives."""

    def answer(self, path: str) -> tuple[str, str]:
        if path == "/news/0":
            return "text/html", PAGE.format(title=f"{POISON} at the quay", count="Two")
        return super().answer(path)


@pytest.mark.slow
def test_a_page_that_eats_all_memory_is_quarantined_and_the_service_lives(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
    with Poisoned() as press:
        quick = 'every = "300ms"\npoll = "500ms"'
        press.write(tmp_path, f"sqlite:///{tmp_path}/archive.db", service='tick = "200ms"', source=quick)
        env = {"PYTHONPATH": str(tmp_path / "site")}
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
        bad, good = sorted(store.articles(), key=lambda each: each.url)
        assert (bad.versions, store.checks(bad.id, 1)[0].outcome) == (0, CheckOutcome.FAILED)
        assert good.versions == 3
        kept = read(store.memo(MEMO + bad.id))
    body = PAGE.format(title=f"{POISON} at the quay", count="Two").encode()
    assert (kept.body, kept.sha256) == (body, hashlib.sha256(body).hexdigest())
