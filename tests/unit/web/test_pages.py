import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.util import cache_from_source
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from tests.archives import temporary_archive
from tests.articles import article
from tracker.addresses.urls import is_allowed_host
from tracker.diff.blame import changes_between
from tracker.model.change import LabelKind
from tracker.model.story import Place, Run
from tracker.model.version import VersionSummary
from tracker.render.text import counted, direction
from tracker.views.change import shorten
from tracker.web import templating
from tracker.web.auth import inside
from tracker.web.data import CachedArchive
from tracker.web.guard import Site, Who, csrf, new_session, session_of
from tracker.web.page_request import MAX_OPENED, Reading, read_text
from tracker.web.pages.article import max_shown_versions, surviving_shares
from tracker.web.pages.stories import Arrival, arrival
from tracker.web.templating import environment, evidence, lang_of


@pytest.mark.parametrize(("paragraphs", "versions"), [(0, 60), (10, 60), (30, 30), (100, 9), (1000, 6)])
def test_a_long_live_page_shows_fewer_versions(paragraphs, versions):
    newest = SimpleNamespace(content=article(*(f"Entry {n}." for n in range(paragraphs)), title="Live"))
    assert max_shown_versions(cast("Any", newest)) == versions


AT = datetime(2026, 11, 25, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
COPY = Place("b", "https://b.example", "copy", origin="a", history=(Run(1, AT + HOUR, 1), Run(2, AT + 5 * HOUR, 3)))


def test_a_version_reaches_a_copy_when_it_first_runs_it_passed_over_or_not_at_all():
    assert arrival(COPY, 1, AT) == Arrival(3600)
    assert arrival(COPY, 3, AT + 3 * HOUR) == Arrival(7200)
    assert arrival(COPY, 2, AT + 2 * HOUR) == Arrival(10_800, skipped=True)
    assert arrival(COPY, 4, AT + 6 * HOUR) == Arrival()


def seen(row: int) -> VersionSummary:
    return VersionSummary("a" * 12, 2, "https://x.example/", AT, "x", "t", "0" * 64, id=row)


@given(st.integers(0, 10**9), st.sets(st.integers(1, 10**9), max_size=60))
def test_what_is_written_is_read_back(row, later):
    reading = Reading(row, AT).after(row + each for each in later)
    assert read_text(reading.text()) == reading
    assert all(not reading.is_unread(seen(row + each)) for each in later)
    assert not reading.is_unread(seen(row))
    assert reading.is_unread(seen(row + 10**9 + 1))


@given(st.text())
def test_any_cookie_is_read(text):
    reading = read_text(text)
    assert reading.at is not None or not reading.is_unread(seen(5))


def test_nonsense_in_a_cookie_is_nothing_and_a_cookie_stays_small():
    for text in ("", ".", "1", "1.x", "-1.2", "1.²", "1." + "9" * 15, "9" * 16 + ".1", "1.1." * 3000, "1.2;x=y"):
        assert read_text(text) == Reading(), text
    reading = Reading(10**9, AT).after(range(10**9, 2 * 10**9, 10**6))
    assert len(reading.opened) == MAX_OPENED
    assert len(reading.text()) < 3800
    assert read_text(reading.text()) == reading


class Key:
    pass


def test_a_sum_is_made_once_until_it_is_forgotten_or_old():
    cache = CachedArchive(temporary_archive())
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [cache.cached("a", make), cache.cached("a", make), cache.cached("b", make)] == [1, 1, 2]
    cache.forget()
    assert cache.cached("a", make) == 3
    assert cache.cached("old", make, fresh=0.0) == 4
    while (found := cache.cached("old", make)) == 4:  # it is kept for some times what it took
        Event().wait(0.05)
    assert found == 5


def test_what_many_ask_for_at_once_is_made_once():
    cache = CachedArchive(temporary_archive())
    made: list[int] = []

    def slow() -> int:
        made.append(1)
        Event().wait(0.05)
        return 7

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.cached("a", slow), range(8)))
    assert (found, made) == ([7] * 8, [1])


def test_what_is_old_is_let_go():
    cache = CachedArchive(temporary_archive())

    def fill() -> list[weakref.ref[Key]]:
        keys = [Key() for _ in range(50)]
        for key in keys:
            cache.cached(key, lambda: 1, fresh=0.0)
        return [weakref.ref(key) for key in keys]

    old = fill()
    for number in range(600):
        Event().wait(0.1)
        cache.cached(f"new {number}", lambda: 1)
        if all(key() is None for key in old):
            return
    pytest.fail("what is old is kept")


def test_what_a_user_changes_clears_all_but_lasting_results():
    cache = CachedArchive(temporary_archive())
    made = iter(range(10))
    assert [cache.cached("counts", made.__next__), cache.cached("tally", made.__next__, lasting=True)] == [0, 1]
    cache.forget()
    assert [cache.cached("counts", made.__next__), cache.cached("tally", made.__next__, lasting=True)] == [2, 1]


@given(st.text(max_size=40))
def test_no_host_breaks_it(text):
    assert isinstance(is_allowed_host(text, frozenset()), bool)


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
    assert csrf(site, Who(session)) != csrf(other, Who(session))
    assert csrf(site, Who()) == ""
    monkeypatch.setattr("tracker.web.guard.time.time", lambda: 4_000_000_000)
    assert session_of(site, session) == ""


def test_addresses_inside_stay_and_secrets_are_not_shown():
    assert "horse" not in repr(Site(token="correct horse battery"))
    assert inside("/changes?kind=move") == "/changes?kind=move"


@pytest.mark.parametrize("goal", ["//evil", "https://evil", "/\\evil", "", "evil", "/a\nb"])
def test_no_address_leads_out(goal):
    assert inside(goal) == "/"


def test_words_for_numbers():
    assert counted(1, "version") == "1 version"
    assert counted(2000, "version") == "2,000 versions"
    assert counted(2, "story", "stories") == "2 stories"
    assert shorten("abc def", 6) == "abc d…"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Visit postponed", "", "ltr"),
        ("تأجيل الزيارة", "", "rtl"),
        ("3: ביקור נדחה", "", "rtl"),
        ("2026", "قال الوزير", "rtl"),
        ("", "", "ltr"),
    ],
)
def test_a_text_runs_as_its_first_letter_does(title, text, expected):
    assert direction(article(text, title=title)) == expected


@pytest.mark.parametrize(
    ("tag", "attribute"), [("ar", ' lang="ar"'), ("pt-BR", ' lang="pt-BR"'), ('en"><b>', ""), ("", "")]
)
def test_only_what_is_a_language_is_named_as_one(tag, attribute):
    assert lang_of(tag) == attribute


def test_the_arrow_between_old_and_new_words_is_outside_of_what_runs_from_right_to_left():
    assert evidence("ثلاثة → <b>خمسة") == "<bdi>ثلاثة</bdi> → <bdi>&lt;b&gt;خمسة</bdi>"


@pytest.mark.parametrize(
    ("kinds", "said", "shown"),
    [
        ({LabelKind.NUMBER}, False, "no note from the outlet"),
        ({LabelKind.NUMBER, LabelKind.CORRECTION}, False, "not all of it noted by the outlet"),
        ({LabelKind.NUMBER, LabelKind.CORRECTION}, True, ">noted by the outlet"),
    ],
)
def test_the_labels_of_a_version_say_what_the_outlet_noted(kinds, said, shown):
    template = environment().from_string('{% import "macros.html" as m %}{{ m.chips(kinds, said=said) }}')
    assert shown in template.render(kinds=kinds, said=said)


@pytest.fixture
def compiled(monkeypatch, tmp_path):
    """Keep bytecode in a folder of the test's own, and return which templates have been compiled since."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    Path(cache_from_source(templating.__file__)).parent.mkdir(parents=True)
    names: list[str] = []
    compile_template = Environment.compile

    def noting(self, source, name=None, *given, **options):
        names.append(name)
        return compile_template(self, source, name, *given, **options)

    monkeypatch.setattr(Environment, "compile", noting)
    environment.cache_clear()
    yield names
    environment.cache_clear()


@pytest.mark.parametrize(("unwritable", "times"), [(False, 1), (True, 2)])
def test_a_template_is_compiled_once_unless_python_may_not_keep_bytecode(compiled, monkeypatch, unwritable, times):
    monkeypatch.setattr(sys, "dont_write_bytecode", unwritable)
    for _ in range(2):
        environment.cache_clear()
        environment().get_template("error.html")
    assert compiled.count("error.html") == times


def test_templates_are_compiled_again_for_another_release_of_jinja(compiled, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for release in ("3.1.6", "4.0"):
        monkeypatch.setattr(templating, "version", lambda _, release=release: release)
        environment.cache_clear()
        environment().get_template("error.html")
    assert compiled.count("error.html") == 2


def test_surviving_shares_count_the_letters_that_came_with_the_first_version():
    lines = ("The harbour was closed on Monday.", "Ferries stayed in port.", "The mayor had seen worse.")
    texts = [article(*lines), article(lines[0].replace("Mon", "Tues"), *lines[1:], "More."), article(*lines[:2])]
    letters = [len(line.replace(" ", "")) for line in lines]
    shares = surviving_shares(texts, changes_between(texts))
    assert shares == [
        1.0,
        pytest.approx(1 - 6 / sum(letters), abs=1e-4),
        pytest.approx(1 - (6 + letters[2]) / sum(letters), abs=1e-4),
    ]
    assert surviving_shares([article(), article("New.")], changes_between([article(), article("New.")])) == [1.0, 0.0]
    assert surviving_shares([], []) == []
