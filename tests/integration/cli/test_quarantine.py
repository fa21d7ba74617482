"""What nobody could read can be seen and can be taken out."""

import json

import pytest

from tests.archive_samples import NOW, URL, capture, watch
from tracker.archive.articles import get_article
from tracker.archive.opening import open_archive
from tracker.archive.quarantine import list_quarantined, quarantine
from tracker.archive.takedowns import take_down
from tracker.errors import NotKnown
from tracker.model.capture import Failure, FailureKind


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
