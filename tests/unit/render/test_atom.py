from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

from tests.unit.render.samples import CHANGE, NOON
from tracker.model.change import LabelKind
from tracker.model.version import VersionSummary
from tracker.render import atom

SEEN = VersionSummary(
    article="a7f30c1d9e22",
    n=5,
    url="https://example.org/portland",
    seen=NOON,
    source="Example",
    title="Portland visit postponed",
    sha256="ab" * 32,
    previous_seen=NOON - timedelta(minutes=4),
    kinds=(LabelKind.HEADLINE, LabelKind.NUMBER, LabelKind.NUMBER),
)
NS = "{http://www.w3.org/2005/Atom}"


def test_an_entry_carries_the_edit_its_time_and_its_labels():
    made = atom.entry(SEEN, CHANGE, "https://news.example/articles/a/4..5")
    assert made.ident == "urn:writethru:a7f30c1d9e22:5"
    assert "between 12:01 and 12:05 UTC" in made.html
    assert "four" in made.html
    assert made.categories == ("headline", "number")
    assert made.title == "Portland visit postponed"


def test_newer_entries_have_a_tag_of_the_site_that_serves_them():
    later = NOON.replace(year=2026, month=12, day=24)
    link = "https://news.example:8443/articles/a/4..5"
    assert atom.entry_id(link, later, "a7f30c1d9e22", 5) == "tag:news.example,2026-12-24:a7f30c1d9e22/5"
    assert atom.entry_id("http://[::1]:8766/x", later, "a", 1).startswith("tag:1,2026-12-24:a/1")
    assert atom.entry_id("/x", later, "a", 1) == "tag:localhost,2026-12-24:a/1"


def test_what_was_taken_out_says_why():
    made = atom.entry(replace(SEEN, removed="a <court> order", kinds=()), None, "x")
    assert "a &lt;court&gt; order" in made.html
    assert made.title == "Portland visit postponed"
    assert made.categories == ()


def test_a_feed_is_atom():
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


def test_a_headline_with_what_xml_cannot_contain_leaves_the_feed_readable():
    made = atom.entry(replace(SEEN, title="a\uffffb\ufffec"), CHANGE, "https://news.example/5")
    root = ET.fromstring(atom.feed("t", "p", "i", [made], NOON))
    assert root.findtext(f"{NS}entry/{NS}title") == "a\ufffdb\ufffdc"


def test_a_feed_of_nothing_was_updated_now():
    root = ET.fromstring(atom.feed("t", "p", "i", [], NOON))
    assert root.findtext(f"{NS}updated") == "2026-11-25T12:05:00Z"


def test_a_passage_is_escaped():
    assert atom.paragraph("<b>", "del") == "<p><del>&lt;b&gt;</del></p>"
