"""C2: two services on one archive: on SQLite the second is turned away and takes over in time after a kill.

Four on PostgreSQL, each due poll made once: `tests.nightly.schedulers`, and `tests/e2e/test_many.py`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .press import Press
from .service import Running

if TYPE_CHECKING:
    from pathlib import Path

TAKEN = 75
TAKEOVER = 15.0


def test_the_second_is_turned_away_and_takes_over_after_a_kill(tmp_path: Path) -> None:
    quick = 'every = "300ms"\npoll = "500ms"'
    with Press() as press:
        press.write(tmp_path, f"sqlite:///{tmp_path}/archive.db", service='tick = "200ms"', source=quick)
        with Running(tmp_path, "--migrate") as first:
            first.until("it works", lambda: first.stored(press.articles))
            with Running(tmp_path) as second:
                assert second.wait(30) == TAKEN
                assert "another writethru process is using this archive" in "\n".join(second.output)
            first.kill()
        killed, press.edition = time.monotonic(), 2
        with Running(tmp_path) as third:
            third.until("it works", lambda: third.stored(press.articles), TAKEOVER)
            assert time.monotonic() - killed < TAKEOVER
            third.until("it tells", lambda: {each.version for each in press.told} >= {2}, TAKEOVER)
            assert third.stop() == 0
