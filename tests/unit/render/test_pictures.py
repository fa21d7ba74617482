import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.change import Op
from tracker.render import pictures
from tracker.render.pictures import ArticleHistory, Mark, Track, article_history
from tracker.render.pictures.flow import describe, in_order, shade
from tracker.render.pictures.svg import span_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def woven(*texts: Article) -> ArticleHistory:
    led = [None, *(compare(a, b) for a, b in pairwise(texts))]
    return article_history(list(range(1, len(texts) + 1)), texts, led)


HARBOUR = "The harbour was closed on Monday after the storm reached the coast."
FERRIES = "Ferries stayed in port, and nobody could say for how long they would."
MAYOR = "The mayor said that the town had seen worse in the winter of 1987."
PIER = "The old pier, which dates from 1911, lost its roof and both its lamps."

LIFE = woven(
    article(HARBOUR, FERRIES, MAYOR),
    article(HARBOUR.replace("Monday", "Tuesday"), FERRIES, MAYOR, PIER),
    article(PIER, HARBOUR.replace("Monday", "Tuesday"), FERRIES),
)


def test_paragraphs_are_followed_through_edits_and_moves():
    harbour, ferries, mayor, pier = LIFE.paragraphs
    assert [cell.place for cell in harbour.cells] == [0, 0, 1]
    assert harbour.edits == (2,)
    assert harbour.cells[1].op is Op.EDIT
    assert 0 < harbour.cells[1].share < 0.3
    assert ferries.edits == ()
    assert (mayor.first, mayor.last) == (1, 2)
    assert (pier.first, pier.last) == (2, 3)
    assert pier.cells[0].op is Op.INSERT
    assert pier.cells[0].share == 1.0
    assert [strand.number for strand, _ in LIFE.at(3)] == [3, 0, 1]
    assert set(harbour.by_version) == {1, 2, 3}


def test_what_of_the_first_version_survives():
    letters = [len(text.replace(" ", "")) for text in (HARBOUR, FERRIES, MAYOR)]
    assert LIFE.surviving[0] == 1.0
    assert LIFE.surviving[1] == pytest.approx(1 - len("Mon") / sum(letters), abs=0.02)
    assert LIFE.surviving[2] == pytest.approx(LIFE.surviving[1] - letters[2] / sum(letters), abs=0.02)


def test_a_version_without_text_and_none_at_all():
    empty = woven(article(), article(HARBOUR))
    assert empty.surviving == (1.0, 0.0)
    assert article_history([], [], []) == ArticleHistory()
    for name in ("flow", "heat", "survival"):
        ET.fromstring(getattr(pictures, name)(ArticleHistory()))
        ET.fromstring(getattr(pictures, name)(empty))


@given(st.lists(st.lists(st.sampled_from([HARBOUR, FERRIES, MAYOR, PIER, "x"]), max_size=5), min_size=1, max_size=5))
def test_every_paragraph_of_every_version_is_in_one_place(texts):
    found = woven(*(article(*paragraphs) for paragraphs in texts))
    for version, paragraphs in enumerate(texts, 1):
        standing = found.at(version)
        assert [cell.place for _, cell in standing] == list(range(len(paragraphs)))
        assert [cell.words for _, cell in standing] == [len(text.split()) for text in paragraphs]
    assert all(0 <= share <= 1 for share in found.surviving)
    assert sorted(strand.number for strand in in_order(found)) == list(range(len(found.paragraphs)))
    for name in ("flow", "heat", "survival"):
        root = ET.fromstring(getattr(pictures, name)(found))
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for shape in root.iter(f"{SVG}rect"):
            x, y, w, h = (float(shape.attrib[key]) for key in ("x", "y", "width", "height"))
            assert -0.2 <= x <= x + w <= width + 0.2
            assert -0.2 <= y <= y + h <= height + 0.2


def titles(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}title")]


def test_history_flow_says_what_it_shows():
    svg = pictures.flow(LIFE)
    said = titles(svg)
    assert said[0] == "History flow: 4 paragraphs through 3 versions, 1 edit of existing paragraphs"
    assert any(re.match(r"v2 ¶1, 12 words, edited \+1 −1: The harbour", title) for title in said)
    assert any("new: The old pier" in title for title in said)
    root = ET.fromstring(svg)
    # Three paragraphs go on to v2, three of four to v3.
    assert sum(each.attrib["class"].startswith("band") for each in root.iter(f"{SVG}path")) == 6
    assert sum("edited" in each.attrib["class"] for each in root.iter(f"{SVG}rect")) == 1
    assert sum(each.attrib["class"].endswith(" new") for each in root.iter(f"{SVG}rect")) == 1


def test_the_heat_strip_has_a_row_a_paragraph():
    svg = pictures.heat(LIFE)
    assert titles(svg)[0] == "Where it changed: 4 paragraphs by 3 versions"
    assert 'class="came"' in svg
    assert 'class="moved"' in svg
    assert [strand.number for strand in in_order(LIFE)] == [3, 0, 1, 2]
    assert [shade(cell) for cell in LIFE.paragraphs[0].cells] == [0, 2, 0]


def test_what_happened_to_a_paragraph_in_words():
    harbour, _, _, pier = LIFE.paragraphs
    assert [describe(cell) for cell in harbour.cells] == ["in the first version", "edited +1 −1", "unchanged"]
    assert [describe(cell) for cell in pier.cells] == ["new", "moved"]


def test_one_is_not_counted_as_several():
    history = woven(article("The old pier lost its roof."), article("The old pier kept its roof."))
    said = titles(pictures.flow(history))
    assert said[0].startswith("History flow: 1 paragraph through 2 versions")
    assert titles(pictures.flow(woven(article("Yes"))))[1] == "v1 ¶1, 1 word, in the first version"
    assert titles(pictures.heat(history))[0] == "Where it changed: 1 paragraph by 2 versions"


def test_the_survival_curve_says_each_share():
    said = titles(pictures.survival(LIFE))
    assert said[0].startswith("How much of the first version survives: 6")
    assert said[1] == "v1: 100% of the first version is left"


def test_a_sparkline_has_a_bar_a_version_and_no_more_than_two_dozen():
    assert titles(pictures.spark((0, 12, 3)))[0] == "3 versions; words changed: 12, 3"
    assert titles(pictures.spark(()))[0] == "0 versions; words changed: none"
    assert titles(pictures.spark((0,)))[0] == "1 version; words changed: none"
    assert pictures.spark(tuple(range(90))).count("M") == 24


def test_tracks_share_one_scale_of_time():
    one = Track("A", (Mark(NOON, "first", "v1"), Mark(NOON + timedelta(hours=2), "correction", "v2 correction")))
    other = Track("B & <C>", (Mark(NOON + timedelta(hours=1), "change", "v1"),))
    within = span_of([one, other])
    assert within == (NOON, NOON + timedelta(hours=2))
    assert span_of([]) is None
    said = titles(pictures.tracks(other, within))
    assert said == ["B & <C>: 1 event between 25 Nov 2026 12:00 and 25 Nov 2026 14:00 UTC", "25 Nov 2026 13:00 UTC: v1"]
    assert 'd="M500 ' in pictures.tracks(other, within)
    assert pictures.tracks(one, within).count("run") == 1


def test_no_page_can_break_out_of_a_picture():
    bad = "</title><script>alert(1)</script>\x00\u202e"
    life = woven(article(bad * 3), article(bad * 3, bad))
    for svg in (pictures.flow(life), pictures.heat(life), pictures.survival(life)):
        root = ET.fromstring(svg)
        assert {each.tag for each in root.iter()} <= {f"{SVG}{name}" for name in ("svg", "title", "rect", "path")}
        assert "style=" not in svg
