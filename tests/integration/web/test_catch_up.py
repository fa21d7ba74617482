"""What changed since the reader last looked, on the page of an article and on one page, on each database."""

from collections.abc import Callable
from typing import Any

from tests.archive_samples import grow, intent, minutes, watch
from tests.integration.web.conftest import ORIGIN, Client, client_of
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.state import MAX_READ_MARKS, get_read_mark, save_read_mark
from tracker.archive.takedowns import take_down
from tracker.model.change import LabelKind
from tracker.web.pages import catch_up

PAGE = "/catch-up.json"


def known_and_changed(store: Archive, url: str = "https://herald.example/known") -> tuple[str, Callable[..., Any]]:
    """Return an article with two versions and what gives it more."""
    tracked = watch(store, url)
    grow(store, tracked, 2)
    return tracked.id, lambda *numbers, **more: [
        commit_check(store, intent(tracked, n, minutes(100 + n), **more)) for n in numbers
    ]


async def mark_all(client: Client) -> None:
    await client.post("/read", data={"next": "/"}, headers=ORIGIN)


async def test_each_article_is_listed_once_with_all_that_is_new_and_leaves_when_it_is_read(archive_url, store):
    known, more = known_and_changed(store)
    async with client_of(archive_url) as client:
        assert "mark everything as read now" in (await client.get("/catch-up")).text
        assert "set-cookie" not in (await client.get("/catch-up")).headers
        await mark_all(client)
        assert "No article changed since" in (await client.get("/catch-up")).text
        assert "Nothing new since you read v2" in (await client.get(f"/articles/{known}")).text
        more(3, kinds=[LabelKind.NUMBER])
        more(4, 5, kinds=[LabelKind.QUOTE])
        new = watch(store, "https://herald.example/new")
        grow(store, new, 2)
        grow(store, watch(store, "https://herald.example/one-version"), 1)
        page = (await client.get(PAGE)).json()["changes"]
        assert [(each["article"], each["version"], each["page"]) for each in page] == [
            (new.id, 2, f"/articles/{new.id}/1..2"),
            (known, 5, f"/articles/{known}/2..5"),
        ]
        assert page[1]["labels"] == ["quote", "number"]
        shown = (await client.get("/catch-up")).text
        assert "2 articles changed since" in shown
        assert "v2 → v5, 3 versions" in shown
        article = f"/articles/{known}"
        link = f'<a href="{article}/2..5"><strong>3 versions</strong> since you last looked: v2 → v5</a>'
        for _ in range(2):
            assert link in (await client.get(article)).text, "the article's page shows no text: it is not read yet"
        await client.get(f"{article}/3")
        assert f'{article}/3..5"' in (await client.get(article)).text
        await client.get(page[1]["page"])
        assert "Nothing new since you read v5" in (await client.get(article)).text
        assert [each["article"] for each in (await client.get(PAGE)).json()["changes"]] == [new.id]


async def test_versions_that_were_taken_down_are_left_out_and_said_to_be(archive_url, store):
    ident, more = known_and_changed(store)
    async with client_of(archive_url) as client:
        await mark_all(client)
        more(3, 4, 5)
        take_down(store, ident, "court order", minutes(200), 5)
        take_down(store, ident, "court order", minutes(200), 2)
        (line,) = (await client.get(PAGE)).json()["changes"]
        assert line["page"] == f"/articles/{ident}/1..4"
        assert "v1 → v4, 2 versions" in (await client.get("/catch-up")).text
        assert (await client.get(line["page"])).status_code == 200
        article = (await client.get(f"/articles/{ident}")).text
        assert "Nothing new since you read v4: later versions were taken down from the archive" in article
        assert (await client.get(PAGE)).json()["changes"] == []
        await mark_all(client)
        more(6, latest_removed=True)
        take_down(store, ident, "court order", minutes(200), 4)
        article = (await client.get(f"/articles/{ident}")).text
        assert "v3 → v6</a> (v5, which you read, was taken down from the archive)" in article
        take_down(store, ident, "court order", minutes(200))
        assert (await client.get(PAGE)).json()["changes"] == []
        assert "since you" not in (await client.get(f"/articles/{ident}")).text


async def test_an_older_version_is_not_new_where_the_one_that_was_read_was_taken_down(archive_url, store):
    ident, more = known_and_changed(store)
    async with client_of(archive_url) as client:
        await mark_all(client)
        more(3, 4)
        await client.get(f"/articles/{ident}/4")
        take_down(store, ident, "court order", minutes(200), 4)
        page = await client.get("/catch-up")
        assert page.status_code == 200
        assert "No article changed since" in page.text
        assert "Nothing new since you read v4" in (await client.get(f"/articles/{ident}")).text


async def test_pages_follow_one_another_and_a_long_absence_is_said_to_be_cut(archive_url, store, monkeypatch):
    async with client_of(archive_url) as client:
        await mark_all(client)
        for n in range(5):
            grow(store, watch(store, f"https://herald.example/{n}"), 2)
        monkeypatch.setattr(catch_up, "SIZE", 2)
        path, found = "/catch-up.json", []
        while path:
            page = (await client.get(path)).json()
            found += [each["url"][-1] for each in page["changes"]]
            path = (page["next"] or "").replace("/catch-up?", "/catch-up.json?").replace("/catch-up.json?", PAGE + "?")
            assert len(page["changes"]) <= 2
        assert found == ["4", "3", "2", "1", "0"]
        monkeypatch.setattr(catch_up, "MAX_CAUGHT_UP_CHANGES", 3)
        assert "3 articles or more changed since" in (await client.get("/catch-up")).text
        for wrong in ("after=x", "after=" + "9" * 30, "new=1"):
            assert (await client.get(f"/catch-up?{wrong}")).status_code == 400


def test_read_marks_do_not_grow_without_bound(store, tracked, monkeypatch):
    assert MAX_READ_MARKS >= 100
    monkeypatch.setattr("tracker.archive.state.MAX_READ_MARKS", 2)
    idents = [tracked.id, *(watch(store, f"https://herald.example/{n}").id for n in range(3))]
    for n, ident in enumerate(idents):
        save_read_mark(store, "ada", ident, n, minutes(n))
    save_read_mark(store, "ben", tracked.id, 7, minutes(0))
    save_read_mark(store, "ada", idents[3], 9, minutes(9))
    assert [get_read_mark(store, "ada", ident) for ident in idents] == [None, None, (2, minutes(2)), (9, minutes(9))]
    assert get_read_mark(store, "ben", tracked.id) == (7, minutes(0))
