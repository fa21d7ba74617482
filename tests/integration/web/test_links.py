"""Wherever a link leads, something is there."""

import re
from datetime import timedelta
from html import unescape

from tests.archive_samples import content
from tests.archives import new_archive_at
from tracker.web import links

from .conftest import client_of
from .newsroom_archive import NOW, store_article


async def test_no_link_of_any_page_leads_nowhere(client, kept):
    long = kept.articles["long"]
    # Version 3 was taken out: its page says so, and is no page.
    gone = {f"/articles/{long}/{end}" for end in ("3", "2..3", "3..4")}
    wrong, seen, todo = [], set(), ["/"]
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


async def test_a_version_that_was_taken_out_leads_back_to_its_article(client, kept):
    long = kept.articles["long"]
    for path in (f"/articles/{long}/3", f"/articles/{long}/3..4", f"/articles/{long}/99"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert f'<a href="/articles/{long}">All versions of this article</a>' in answer.text
    assert "All versions" not in (await client.get("/articles/zzz")).text


async def test_names_may_hold_what_paths_are_made_of(tmp_path):
    url, name, story = new_archive_at(tmp_path / "w.db"), "AP / Reuters?#%2F", "Storm / coast"
    states = [(NOW + timedelta(minutes=n), b"x", content(n)) for n in (1, 2)]
    store_article(url, "https://wire.example/1", states, name, story)
    async with client_of(url) as client:
        for path, text in ((links.source(name), name), (links.story(story), story)):
            for full in (path, f"{path}.json", f"{path}.atom", f"/api/v1{path}"):
                answer = await client.get(full)
                assert answer.status_code == 200, full
                assert text in unescape(answer.text), full
        assert f'href="{links.source(name)}"' in (await client.get("/sources")).text
