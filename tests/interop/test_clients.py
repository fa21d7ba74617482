"""What others' programs make of our formats. A program that is missing is named: install it to test with it.

WARC files are read by warcio and fastwarc in `integration/exchange/test_warc.py`; signed webhooks are verified by
standardwebhooks in `integration/alerts/test_channels.py`.
"""

import importlib
import sys
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from tests.alert_samples import delivery
from tests.archive_samples import grow, watch
from tests.archives import new_archive_at
from tests.integration.alerts.receivers import Hook, http_server, webhook
from tests.integration.exchange.pages import fill, job
from tests.integration.web.conftest import client_of
from tracker.archive.archive import Archive
from tracker.archive.opening import open_archive
from tracker.config.tables import FetchConfig
from tracker.exchange import jsonl, warc
from tracker.fetch.client import HttpFetcher


def client(module: str, package: str) -> Any:
    """Return a module of a program that is not ours, or skip the test and say what to install."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        pytest.skip(f"NOT TESTED WITH {package.upper()}: uv pip install {package}")


@pytest.fixture
def url(tmp_path) -> str:
    """Return the address of an archive of one article with three versions."""
    where = new_archive_at(tmp_path / "news.db")
    with open_archive(where) as archive:
        grow(archive, watch(archive), 3)
    return where


@pytest.fixture
def opened(url):
    with open_archive(url) as archive:
        yield archive


async def test_feedparser_reads_the_atom_feed(url):
    feedparser = client("feedparser", "feedparser")
    async with client_of(url) as web:
        found = feedparser.parse((await web.get("/changes.atom")).content)
    assert not found.bozo
    assert found.version == "atom10"
    assert len(found.entries) == 2
    assert len({each.id for each in found.entries}) == 2
    assert all(each.updated_parsed and each.link and each.content[0].type == "text/html" for each in found.entries)


async def test_openapi_spec_validator_accepts_the_description(url):
    validator = client("openapi_spec_validator", "openapi-spec-validator")
    async with client_of(url) as web:
        validator.validate((await web.get("/api/v1/openapi.json")).json())


def test_duckdb_and_pandas_read_json_lines(opened: Archive, tmp_path):
    file = tmp_path / "news.jsonl"
    jsonl.write(job(opened, file))
    counted = client("duckdb", "duckdb").sql(f"SELECT source, count(*) FROM '{file}' GROUP BY 1").fetchall()
    assert counted == [("Herald", 3)]
    frame = client("pandas", "pandas").read_json(file, lines=True)
    assert frame["version"].to_list() == [1, 2, 3]


async def test_wacz_validates_a_package(opened: Archive, tmp_path):
    client("wacz", "wacz")
    await fill(opened)
    warc.write_package(job(opened, tmp_path / "news.wacz"))
    # In a process of its own: it leaves folders behind for the garbage collector.
    code = "import sys; from wacz.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-W", "ignore", "-c", code, "validate", "-f", str(tmp_path / "news.wacz")]
    done = await anyio.run_process(command, check=False)
    assert done.returncode == 0, done.stdout.decode()


async def test_cloudevents_reads_a_webhook():
    http = client("cloudevents.core.bindings.http", "cloudevents")
    hook, fetcher = Hook(), HttpFetcher(FetchConfig(), contact="", version="test")
    async with http_server(hook) as where:
        await webhook(where, fetcher).send(delivery(), datetime.now(UTC))
    await fetcher.aclose()
    ((headers, body),) = hook.requests
    event = http.from_http_event(http.HTTPMessage(dict(headers), body))
    assert event.get_type() == "writethru.article.changed"
    assert event.get_data()["id"] == event.get_id() == delivery().key
