from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest

from tests.unit.render.samples import CHANGE, NOON, content, version
from tracker.model.change import Change, Label, LabelKind
from tracker.model.version import VersionSummary
from tracker.render import atom, plain
from tracker.render.text import cells
from tracker.render.times import ago, interval, iso, moment, span

ONE_WORD = replace(version(1, None), content=content("Closed."))
BARE = replace(version(2, Change()), content=replace(version().content, title=""))


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (version(), "a7f30c1d v4→v5 2026-11-25T12:05:00Z +6 −5 headline,number “Portland visit postponed”"),
        (version(1, None), "a7f30c1d v1 2026-11-25T12:05:00Z 6 words first “Portland visit postponed”"),
        (ONE_WORD, "a7f30c1d v1 2026-11-25T12:05:00Z 1 word first “Portland visit postponed”"),
        (BARE, "a7f30c1d v1→v2 2026-11-25T12:05:00Z +0 −0 unlabelled “https://example.org/portland”"),
    ],
    ids=["an edit", "a first version", "a first version of one word", "without label and title"],
)
def test_one_line_says_it_all(shown, line):
    assert plain.version_line(shown, NOON) == line


def test_lines_are_cut_to_the_width_and_moments_are_whole_relative_or_iso():
    shown = plain.version_line(version(), NOON + timedelta(days=2), 80)
    assert cells(shown) <= 80
    assert shown.endswith("…”")
    assert "25 Nov 12:05" in shown
    assert cells(plain.version_line(version(), NOON, 50)) <= 50
    assert plain.version_line(version(), NOON, 200).endswith("postponed”")
    labels = tuple(Label(kind, "") for kind in (LabelKind.LEAD, LabelKind.DEK, LabelKind.DATE, LabelKind.NAME))
    many = version(2, Change(labels=labels))
    assert "name,date,+2 “Portland visit postponed”" in plain.version_line(many, NOON, 80)
    assert "name,date,dek,+1 “" in plain.version_line(many, NOON, 90)
    assert "lead,dek,date,name “" in plain.version_line(many, NOON)
    assert moment(NOW) == "25 Nov 2026 12:05"
    assert ago(None, NOW) == "never"
    assert ago(NOW - timedelta(minutes=3), NOW) == "3 min ago"
    assert ago(NOW + timedelta(minutes=3), NOW) == "in 3 min"
    assert iso(None) is None
    assert iso(NOW) == "2026-11-25T12:05:09Z"


NOW = datetime(2026, 11, 25, 12, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        (NOW - timedelta(minutes=4), "between 12:01 and 12:05 UTC on 25 Nov 2026"),
        (NOW - timedelta(hours=12, minutes=7), "between 23:58 on 24 Nov 2026 and 12:05 UTC on 25 Nov 2026"),
        (NOW - timedelta(seconds=5), "between 12:05:04 and 12:05:09 UTC on 25 Nov 2026"),
        (NOW, "at 12:05:09 UTC on 25 Nov 2026"),
        (None, "first seen at 12:05 UTC on 25 Nov 2026"),
    ],
)
def test_an_interval_is_as_exact_as_it_must_be_and_in_utc(old, shown):
    assert interval(old, NOW) == shown
    east = timezone(timedelta(hours=9))
    assert interval(old and old.astimezone(east), NOW.astimezone(east)) == shown


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (NOW, "12:05"),
        (NOW - timedelta(days=1), "24 Nov 12:05"),
        (NOW - timedelta(days=365), "25 Nov 2025 12:05"),
    ],
)
def test_moment_is_as_short_as_it_can_be(when, shown):
    assert moment(when, NOW) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (45, "45 s"), (720, "12 min"), (12000, "3 h 20 min"), (3605, "1 h"), (187200, "2 d 4 h"), (-5, "0 s")],
)
def test_span_in_two_units(seconds, shown):
    assert span(timedelta(seconds=seconds)) == shown


SEEN = VersionSummary(
    article="a7f30c1d9e22",
    n=5,
    url="https://example.org/portland",
    seen=NOON,
    source="Example",
    title="Portland visit postponed",
    sha256="ab" * 32,
    previous_seen=NOON - timedelta(minutes=4),
    kinds=(LabelKind.HEADLINE, LabelKind.NUMBER),
)
NS = "{http://www.w3.org/2005/Atom}"


def test_an_entry_carries_its_edit_time_labels_and_tag():
    made = atom.entry(SEEN, CHANGE, "https://news.example/articles/a/4..5")
    assert made.ident == "tag:news.example,2026-11-25:a7f30c1d9e22/5"
    assert "between 12:01 and 12:05 UTC" in made.html
    assert "four" in made.html
    assert made.categories == ("headline", "number")
    assert made.title == "Portland visit postponed"
    later = NOON.replace(year=2026, month=12, day=24)
    link = "https://news.example:8443/articles/a/4..5"
    assert atom.entry_id(link, later, "a7f30c1d9e22", 5) == "tag:news.example,2026-12-24:a7f30c1d9e22/5"
    assert atom.entry_id("http://[::1]:8766/x", later, "a", 1).startswith("tag:1,2026-12-24:a/1")
    assert atom.entry_id("/x", later, "a", 1) == "tag:localhost,2026-12-24:a/1"
    made = atom.entry(replace(SEEN, removed="a <court> order", kinds=()), None, "x")
    assert "a &lt;court&gt; order" in made.html
    assert made.title == "Portland visit postponed"
    assert made.categories == ()


def test_a_feed_is_atom_also_of_nothing_and_with_odd_headlines():
    entries = [atom.entry(replace(SEEN, n=n), CHANGE, f"https://news.example/{n}") for n in (5, 4)]
    root = ET.fromstring(atom.feed("Edits & <more>\x00", "https://n.example/", "https://n.example/f", entries, NOON))
    assert root.tag == f"{NS}feed"
    assert root.findtext(f"{NS}title") == "Edits & <more>␀"
    assert root.findtext(f"{NS}updated") == "2026-11-25T12:05:00Z"
    assert [each.attrib["rel"] for each in root.findall(f"{NS}link")] == ["self", "alternate"]
    first = root.findall(f"{NS}entry")[0]
    assert first.findtext(f"{NS}author/{NS}name") == "Example"
    assert [each.attrib["term"] for each in first.findall(f"{NS}category")] == ["headline", "number"]
    assert first.findall(f"{NS}content")[0].attrib["type"] == "html"
    made = atom.entry(replace(SEEN, title="a\uffffb\ufffec"), CHANGE, "https://news.example/5")
    root = ET.fromstring(atom.feed("t", "p", "i", [made], NOON))
    assert root.findtext(f"{NS}entry/{NS}title") == "a\ufffdb\ufffdc"
    root = ET.fromstring(atom.feed("t", "p", "i", [], NOON))
    assert root.findtext(f"{NS}updated") == "2026-11-25T12:05:00Z"
