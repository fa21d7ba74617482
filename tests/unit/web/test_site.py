import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.render.text import counted
from tracker.views.shortening import shorten
from tracker.web.auth import inside
from tracker.web.guard import Site, csrf, new_session, session_of


@given(st.text(max_size=40))
def test_no_host_breaks_it(text):
    assert isinstance(Site().knows(text), bool)


@given(st.text(max_size=40))
def test_only_the_token_is_the_token(text):
    site = Site(token="correct horse battery")
    assert site.is_token(text) is (text == site.token)
    assert not Site().is_token(text)


def test_sessions_are_ours_alone_and_end(monkeypatch):
    site, other = Site(), Site()
    session = new_session(site)
    assert session_of(site, session) == session
    assert session_of(other, session) == ""
    assert csrf(site, session) != csrf(other, session)
    assert csrf(site, "") == ""
    monkeypatch.setattr("tracker.web.guard.time.time", lambda: 4_000_000_000)
    assert session_of(site, session) == ""


def test_secrets_are_not_shown():
    assert "horse" not in repr(Site(token="correct horse battery"))


@pytest.mark.parametrize("goal", ["//evil", "https://evil", "/\\evil", "", "evil", "/a\nb"])
def test_no_address_leads_out(goal):
    assert inside(goal) == "/"


def test_addresses_inside_stay():
    assert inside("/changes?kind=move") == "/changes?kind=move"


def test_words_for_numbers():
    assert counted(1, "version") == "1 version"
    assert counted(2000, "version") == "2,000 versions"
    assert counted(2, "story", "stories") == "2 stories"
    assert shorten("abc def", 6) == "abc d…"
