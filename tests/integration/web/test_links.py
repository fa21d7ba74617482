"""Wherever a link leads, something is there."""

from __future__ import annotations

import re
from html import unescape

import pytest

pytestmark = pytest.mark.anyio


async def test_no_link_of_any_page_leads_nowhere(opened, kept):
    long = kept.articles["long"]
    # Version 3 was taken out: its page says so, and is no page.
    gone = {f"/articles/{long}/{end}" for end in ("3", "2..3", "3..4")}
    wrong, seen, todo = [], set(), ["/"]
    async with opened() as client:
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            answer = await client.get(path)
            if answer.status_code != (404 if path.partition("?")[0] in gone else 200):
                wrong.append(f"{path}: {answer.status_code}")
            if "text/html" in answer.headers["content-type"]:
                found = (unescape(each) for each in re.findall(r'href="(/[^"]*)"', answer.text))
                # One view of every page: the other two link to the same.
                todo += [link for each in found if "view=" not in (link := each.partition("#")[0])]
    assert wrong == []
    assert len(seen) > 300


async def test_a_version_that_was_taken_out_leads_back_to_its_article(opened, kept):
    long = kept.articles["long"]
    async with opened() as client:
        for path in (f"/articles/{long}/3", f"/articles/{long}/3..4", f"/articles/{long}/99"):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert f'<a href="/articles/{long}">All versions of this article</a>' in answer.text
        assert "All versions" not in (await client.get("/articles/zzz")).text
