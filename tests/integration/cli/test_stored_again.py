"""Pages that a source with raw = "all" stored again: listed, and each of them shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive_samples import capture, intent, look, minutes, watch
from tests.archives import archive_at
from tests.command_line import command, objects
from tests.integration.web.conftest import client_of
from tracker.archive.commits import commit_check
from tracker.model.check import CheckOutcome
from tracker.model.recapture import Raw


@pytest.fixture
def ident(run):
    with archive_at(Path("writethru.db")) as archive:
        tracked = watch(archive)
        commit_check(archive, intent(tracked, 1, minutes(1), raw=Raw.ALL))
        for at in (2, 3):
            page = replace(capture(1, minutes(at), tracked.url), body=f"<p>advert {at}</p>".encode())
            commit_check(archive, look(tracked, 1, minutes(at), CheckOutcome.UNCHANGED, recapture=page, raw=Raw.ALL))
    return tracked.id


def test_they_are_listed(ident):
    meta = command("show", ident, "--meta").stdout
    assert f"stored again   2 times, last: writethru show {ident[:8]}@2026-11-25T09:03:00Z --raw" in meta
    (shown,) = objects(command("show", ident, "--json"))
    assert [each["at"] for each in shown["stored_again"]] == ["2026-11-25T09:02:00Z", "2026-11-25T09:03:00Z"]
    assert {each["removed"] for each in shown["stored_again"]} == {""}


@pytest.mark.parametrize(
    ("at", "body"),
    [
        ("2026-11-25T09:01:30", capture(1).body.decode()),
        ("2026-11-25T09:02:00Z", "<p>advert 2</p>"),
        ("2026-11-25T09:02:59Z", "<p>advert 2</p>"),
        ("2026-11-25T10:00:00Z", "<p>advert 3</p>"),
        ("v1", capture(1).body.decode()),
    ],
)
def test_a_time_shows_the_page_that_was_stored_last_by_then(ident, at, body):
    assert command("show", f"{ident}@{at}", "--raw").stdout == body


async def test_the_page_of_the_version_leads_to_each(ident):
    async with client_of("sqlite:///writethru.db") as client:
        html = (await client.get(f"/articles/{ident}/1")).text
        assert "Stored again: 2 pages that showed this version" in html
        assert f'href="/articles/{ident}/1/raw?at=2026-11-25T09%3A02%3A00Z"' in html
        answer = await client.get(f"/articles/{ident}/1/raw?at=2026-11-25T09%3A02%3A00Z")
        assert answer.text == "<p>advert 2</p>"
        assert f'filename="{ident}-v1-20261125T090200Z.html"' in answer.headers["content-disposition"]
        assert answer.headers["content-type"] == "application/octet-stream"
        assert (await client.get(f"/articles/{ident}/1/raw?at=noon")).status_code == 400
        shown = (await client.get(f"/articles/{ident}/1.json")).json()
        assert len(shown["stored_again"]) == 2
