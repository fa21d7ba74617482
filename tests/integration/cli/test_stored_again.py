"""Pages stored again by a source with raw = \"all\", and pages that nobody could read: each can be seen."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, capture, intent, look, minutes, watch
from tests.archives import archive_at
from tests.command_line import command, objects
from tests.integration.web.conftest import client_of
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.quarantine import list_quarantined, quarantine
from tracker.archive.takedowns import take_down
from tracker.errors import NotKnown
from tracker.model.capture import Failure, FailureKind
from tracker.model.version import Raw
from tracker.model.watch import CheckOutcome


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


@pytest.fixture
def hung(desk):
    with open_archive("sqlite:///writethru.db") as store:
        tracked = watch(store)
        failure = Failure(FailureKind.UNREADABLE, "the page took longer than 20 s to read", URL, 200)
        told = quarantine(store, tracked.id, capture(), failure)
    assert told.reason.endswith(f"(see writethru show {tracked.id} --quarantined)")
    return desk


def test_it_is_shown_as_it_came(hung):
    assert hung("show", URL, "--quarantined").stdout_bytes == capture().body
    told = json.loads(hung("show", URL, "--quarantined", "--json").stdout)
    assert (told["schema"], told["sha256"], told["status"]) == (1, capture().sha256, 200)
    assert "longer than 20 s" in told["reason"]


def test_what_is_not_there_is_named(desk):
    with open_archive("sqlite:///writethru.db") as store:
        watch(store)
    assert "it has no quarantined page" in desk("show", URL, "--quarantined", code=2).stderr


def test_a_takedown_takes_it_out_although_there_is_no_version(hung):
    with open_archive("sqlite:///writethru.db") as store:
        tracked = get_article(store, URL)
        assert take_down(store, tracked.id, "court", NOW) == []
        assert list_quarantined(store) == []
        with pytest.raises(NotKnown):
            take_down(store, tracked.id, "court", NOW)
