"""C2: two services on one SQLite archive: the second is turned away, and takes over in time after a kill.

Four on PostgreSQL, each due poll made once: `tests.nightly.schedulers`, and `tests/e2e/test_many.py`.
"""

import time
from pathlib import Path

from tests.service import RunningService

from .news_site import NewsSite

EXIT_LOCKED = 75
MAX_TAKEOVER_SECONDS = 90.0


def test_the_second_is_turned_away_and_takes_over_after_a_kill(tmp_path: Path) -> None:
    with NewsSite() as site:
        site.write_config(tmp_path)
        with RunningService(tmp_path, "--migrate") as first:
            first.until("it works", lambda: first.has_stored(site.articles))
            with RunningService(tmp_path) as second:
                assert second.wait(90) == EXIT_LOCKED
                assert "another writethru process is using this archive" in "\n".join(second.output)
            first.kill()
        killed, site.edition = time.monotonic(), 2
        with RunningService(tmp_path) as third:
            third.until("it works", lambda: third.has_stored(site.articles), MAX_TAKEOVER_SECONDS)
            assert time.monotonic() - killed < MAX_TAKEOVER_SECONDS
            third.until("it sends alerts", lambda: {each.version for each in site.alerts} >= {2}, MAX_TAKEOVER_SECONDS)
            assert third.stop() == 0
