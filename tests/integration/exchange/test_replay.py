"""Every capture replayed by pywb from the exported WARC file and our own index, byte by byte.

pywb is not part of this environment: it needs old versions of much. `make test` puts it into one of its own,
.cache/pywb; where that is not there, these tests are skipped.
"""

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.archive_samples import intent, watch
from tests.integration.exchange.pages import at, capture, job
from tests.loopback import free_port
from tracker.archive.archive import Archive
from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.versions import iter_versions
from tracker.exchange import warc
from tracker.model.version import VersionQuery

PYWB = Path(__file__).parents[3] / ".cache" / "pywb" / "bin" / "wayback"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PYWB.exists(), reason="make test puts pywb into .cache/pywb")]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run pywb over *folder* on a free port of loopback."""
    port = free_port()
    command = [str(PYWB), "-b", "127.0.0.1", "-p", str(port), "-d", str(folder)]
    with (folder / "pywb.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                    break
                except URLError:
                    assert server.poll() is None, (folder / "pywb.log").read_text()
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/news"
        finally:
            server.terminate()
            server.wait(60)


def get(url: str) -> tuple[bytes, str]:
    """Return a body and its Memento-Datetime."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read(), answer.headers["Memento-Datetime"] or ""


@pytest.fixture
async def morning(morning: Archive) -> Archive:
    # The same bytes once more, at another address: a revisit record.
    again = watch(morning, "https://herald.example/news/copy")
    twin = capture(get_capture(morning, list_articles(morning)[-1].id, 1).body, 500, "copy")
    commit_check(morning, intent(again, 1, at(500), capture=twin))
    return morning


@pytest.mark.parametrize("name", ["news.warc.gz", "news.warc"])
async def test_every_capture_is_replayed_byte_by_byte(morning, tmp_path, name):
    inside = tmp_path / "collections" / "news"
    for each in ("archive", "indexes"):
        (inside / each).mkdir(parents=True)
    warc.write(job(morning, tmp_path / name))
    shutil.move(tmp_path / name, inside / "archive" / name)
    shutil.move(tmp_path / "news.cdxj", inside / "indexes" / "index.cdxj")
    assert (inside / "indexes" / "index.cdxj").read_text().count("warc/revisit") == 2
    captured = [get_capture(morning, each.article, each.n) for each in iter_versions(morning, VersionQuery())]
    assert len(captured) == 6
    with serving(tmp_path) as base:
        for page in captured:
            body, when = get(f"{base}/{page.fetched_at:%Y%m%d%H%M%S}id_/{page.final_url}")
            assert body == page.body
            assert when
        assert b"memento" in get(f"{base}/timemap/link/{captured[0].final_url}")[0]
        with pytest.raises(HTTPError) as missing:
            get(f"{base}/2020id_/https://nobody.example/")
        missing.value.close()
