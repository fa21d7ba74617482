import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.render.samples import CHANGE, content
from tracker.model.article import Article
from tracker.model.change import BlockChange, Change, Field, Hunk, Label, LabelKind, Op
from tracker.render import html
from tracker.render.rows import DiffOptions

EDIT: tuple[Hunk, ...] = (("=", "At least "), ("-", "three "), ("+", "four "), ("=", "boats sank."))


def test_edits_are_elements_with_a_blank_and_the_foremost_makes_a_line():
    assert html.hunks(EDIT) == "At least <del>three</del> <ins>four</ins> boats sank."
    (piece,) = html.pieces(Change(blocks=(BlockChange(Op.EDIT, 0, 0, EDIT),)))
    assert piece.old == "At least <del>three</del> boats sank."
    assert piece.new == "At least <ins>four</ins> boats sank."
    assert html.highlight(CHANGE) == "At least <del>three</del> <ins>four</ins> boats sank in the night."
    assert html.highlight(Change(title=Field("Old", "New"))) == "<del>Old</del> <ins>New</ins>"
    moved = Change(blocks=(BlockChange(Op.MOVE, 1, 0, (("=", "The pier dates from 1911."),)),))
    assert html.highlight(moved) == "moved: The pier dates from 1911."


@given(st.lists(st.tuples(st.sampled_from("=-+"), st.text(max_size=20)), max_size=6))
def test_whatever_a_page_says_only_our_marks_are_marks(hunks):
    for written in (html.hunks(hunks), html.snippet(hunks)):
        assert set(re.findall(r"<[^>]*>?", written)) <= {"<del>", "</del>", "<ins>", "</ins>"}
        assert '"' not in written


def test_pieces_name_their_blocks_and_notices_stand_below_what_they_explain():
    laid = html.pieces(CHANGE)
    assert [(each.part, each.op.value, each.block) for each in laid] == [
        ("field", "edit", None),
        ("block", "same", 0),
        ("block", "same", 1),
        ("block", "edit", 2),
        ("notice", "insert", None),
        ("block", "insert", 3),
        ("block", "delete", 4),
        ("block", "move", 5),
        ("block", "same", 6),
        ("block", "same", 7),
        ("origin", "move", 5),
    ]
    inserted, deleted, moved = laid[5:8]
    assert (inserted.old, deleted.new) == ("", "")
    assert deleted.old == "<del>Nobody was hurt.</del>"
    assert moved.origin == 7
    assert moved.both == "The pier dates from 1911."


def test_a_moved_paragraph_leaves_a_mark_where_it_stood():
    texts = ("One.", "Two moved down.", "Three.", "Four.", "Five moved up.")
    order = ((Op.MOVE, 4, 0), (Op.SAME, 0, 1), (Op.SAME, 2, 2), (Op.SAME, 3, 3), (Op.MOVE, 1, 4))
    change = Change(blocks=tuple(BlockChange(op, old, new, (("=", texts[old]),)) for op, old, new in order))
    laid = [(each.part, each.name, each.note, each.up) for each in html.pieces(change)]
    assert laid == [
        ("block", "¶1", "moved from ¶5 to ¶1", True),
        ("block", "¶2", "", False),
        ("origin", "¶2", "¶5", False),
        ("block", "¶3", "", False),
        ("block", "¶4", "", False),
        ("origin", "¶5", "¶1", True),
        ("block", "¶5", "moved from ¶2 to ¶5", False),
    ]


def test_changes_only_folds_what_stands_still_and_a_snippet_keeps_a_few_words():
    laid = html.pieces(CHANGE, changes_only=True, context=0)
    assert [each.part for each in laid] == "field gap block notice block block block gap origin".split()
    assert [each.count for each in laid if each.part == "gap"] == [2, 2]
    silent = replace(CHANGE, notices=(), labels=(Label(LabelKind.NOT_NOTED, "x", (0,)),))
    remarked = html.pieces(silent, changes_only=True, context=0)
    assert remarked[1].unexplained
    long: tuple[Hunk, ...] = (
        ("=", "one two three four five six "),
        ("-", "seven"),
        ("+", "eight"),
        ("=", " nine ten eleven twelve thirteen"),
    )
    assert html.snippet(long, 2) == "… five six <del>seven</del> <ins>eight</ins> nine ten …"
    assert html.snippet((("+", " ".join("abcdefghij")),), 1) == "<ins>a b c d …</ins>"
    middle: tuple[Hunk, ...] = (("-", "a"), ("=", " b c d e f g h "), ("+", "i"))
    assert html.snippet(middle, 1) == "<del>a</del> b … h <ins>i</ins>"


def test_words_that_were_looked_for_are_marked_and_passages_cut_around_them():
    text = "The Bridge, bridges & <abridged>"
    assert html.mark_words(text, ["bridge"]) == "The <mark>Bridge</mark>, bridges &amp; &lt;abridged&gt;"
    assert html.mark_words(text, ["bridge*"]) == (
        "The <mark>Bridge</mark>, <mark>bridges</mark> &amp; &lt;abridged&gt;"
    )
    assert html.mark_words("a < b", []) == "a &lt; b"
    assert html.mark_words("在大阪市", ["大阪"]) == "在<mark>大阪</mark>市"
    assert html.mark_words("a+b", ["a+b", ""]) == "<mark>a+b</mark>"
    long = "The committee met for nine hours. " * 40 + "Then the bridge was shut. " + "Nobody was hurt. " * 40
    shown = html.passage(long, ["bridge"], 300)
    assert shown.startswith("… ")
    assert "committee met for nine hours. Then the bridge was shut. Nobody was hurt." in shown
    assert shown.endswith("…")
    assert len(shown) <= 300
    assert shown[2:].split(" ")[0] in long.split(" ")
    shown = html.passage("會議" * 400 + " bridge " + "散會" * 400, ["bridge"], 300)
    assert "bridge" in shown
    assert len(shown) == 300


@pytest.mark.parametrize("words", ["The bridge was shut. " * 100, "No such word. " * 100, "x" * 900])
def test_a_passage_begins_with_the_text_unless_the_word_comes_later(words):
    shown = html.passage(words, ["bridge"], 300)
    assert words.startswith(shown.removesuffix("…"))
    assert len(shown) == 300


@given(st.text(max_size=60), st.lists(st.text(max_size=5), max_size=3))
def test_marking_changes_no_word(text, wanted):
    marked = html.mark_words(text, wanted)
    assert unescape(marked.replace("<mark>", "").replace("</mark>", "")) == unescape(html.mark_words(text, []))


@pytest.mark.parametrize("edit", [("=", "+", "="), ("-", "+"), ("+", "=", "-")])
def test_a_snippet_of_a_word_without_end_is_short(edit):
    parts = [(op, "Seen " + "x" * 100_000 + " again ") for op in edit]
    change = Change(blocks=(BlockChange(Op.EDIT, 0, 0, tuple(parts)),))
    assert len(html.highlight(change)) < 2500
    moved = Change(blocks=(BlockChange(Op.MOVE, 1, 0, (("=", "x" * 100_000),)),))
    assert len(html.highlight(moved)) < 400
    assert max(len(piece.both) for piece in html.pieces(moved) if piece.part == "origin") < 400


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> set[str]:
    balance = Balance()
    balance.feed(text)
    assert balance.open == []
    return balance.tags


def test_articles_pages_and_fragments_escape_their_text_and_load_nothing():
    shown = html.diff(CHANGE)
    assert parsed(shown) <= {"div", "p", "del", "ins", "strong", "em"}
    assert "src=" not in shown
    assert "href=" not in shown
    assert '">three</del> <ins' in shown
    assert "<strong>Correction</strong>" in shown
    block = BlockChange(Op.INSERT, None, 0, (("+", '<script>alert("x")</script>\u202e'),))
    shown = html.diff(Change(blocks=(block,)), DiffOptions())
    assert "<script" not in shown
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in shown
    assert "\u202e" not in shown
    assert "(moved from ¶7 to ¶5)" in html.diff(CHANGE)
    shown = html.page("A < B", html.article(content("One.", title="A < B")))
    assert {"html", "h1", "p"} <= parsed(shown)
    assert "<title>A &lt; B</title>" in shown
    assert html.article(Article()) == ""
