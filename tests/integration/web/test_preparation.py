"""What the start page needs is loaded before the server listens, what later pages need once the first page was sent."""

import subprocess
import sys

import pytest
from jinja2 import PackageLoader, TemplateNotFound

from tracker.web.templating import environment

BEFORE_THE_FIRST_REQUEST = """
import sys
from datetime import UTC, datetime
from tracker.web.app import build
from tracker.web.data import open_pages
from tracker.web.site import Site

app = build(open_pages(sys.argv[1]), Site(), lambda: datetime.now(UTC))
print(*sys.modules)
"""


@pytest.fixture
def no_more_templates(monkeypatch):
    """Return what refuses to load any other template from now on."""

    def refused(_loader, _environment, name):
        raise TemplateNotFound(name)

    environment.cache_clear()
    yield lambda: monkeypatch.setattr(PackageLoader, "get_source", refused)
    environment.cache_clear()


async def test_the_templates_of_the_start_page_are_loaded_before_the_first_request(opened, no_more_templates):
    async with opened(web={"is_prepared": True}) as client:
        no_more_templates()
        assert (await client.get("/")).status_code == 200


async def test_the_templates_of_other_pages_are_loaded_after_the_first_page(client, no_more_templates):
    assert (await client.get("/changes")).status_code == 200
    no_more_templates()
    assert (await client.get("/alerts")).status_code == 200


def test_what_threads_and_the_start_page_import_late_is_imported_before_the_first_request(kept):
    ran = subprocess.run([sys.executable, "-c", BEFORE_THE_FIRST_REQUEST, kept.url], capture_output=True, check=True)
    late = {"anyio._backends._asyncio", "tracker.service.source_status", "tracker.service.story_editions"}
    assert late <= set(ran.stdout.decode().split())
