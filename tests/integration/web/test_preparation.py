"""What later pages need is loaded once the first page was sent."""

import pytest
from jinja2 import PackageLoader, TemplateNotFound

from tracker.web.templating import environment

pytestmark = pytest.mark.anyio


async def test_the_templates_of_other_pages_are_loaded_after_the_first_page(opened, monkeypatch):
    def no_more(_loader, _environment, name):
        raise TemplateNotFound(name)

    environment.cache_clear()
    async with opened() as client:
        assert (await client.get("/changes")).status_code == 200
        monkeypatch.setattr(PackageLoader, "get_source", no_more)
        assert (await client.get("/alerts")).status_code == 200
    environment.cache_clear()
