import re

from hypothesis import given
from hypothesis import strategies as st

from tracker.model.change import BlockChange, Change, Op
from tracker.render import timeline
from tracker.render.plain import diff, side_by_side
from tracker.render.rows import DiffOptions
from tracker.render.styled import Style
from tracker.render.text import cells, wrap

from .samples import CHANGE, NOON, version

COLOUR, BLACK = Style(escapes=True), Style(escapes=True, color=False)
SGR = re.compile(r"\x1b\[[\d;]*m")


def bare(text: str) -> str:
    return SGR.sub("", text)


def test_removed_is_red_and_struck_added_green_and_underlined():
    shown = diff(CHANGE, style=COLOUR)
    assert "\x1b[9;31mthree\x1b[0m \x1b[4;32mfour\x1b[0m" in shown


def test_without_colour_marks_say_it():
    for shown in (diff(CHANGE, style=BLACK), side_by_side(CHANGE, width=400, style=BLACK)):
        assert "[-three-]" in shown
        assert "{+four+}" in shown
    assert not re.search(r"\x1b\[[\d;]*3\dm", shown)


def test_lines_fit():
    shown = [
        diff(CHANGE, width=40, style=COLOUR),
        side_by_side(CHANGE, width=60, style=COLOUR),
        timeline.line(version(), NOON, 50, COLOUR),
    ]
    for text, width in zip(shown, (40, 60, 50), strict=True):
        for line in bare(text).splitlines():
            assert cells(line) <= width


def test_side_by_side_and_gaps():
    shown = bare(side_by_side(CHANGE, DiffOptions(changes_only=True, context=0), width=76, style=COLOUR))
    assert re.search(r"At least three boats sank in the +~ At least four boats sank in", shown)
    assert "… 2 paragraphs unchanged …" in shown
    assert "… 2 paragraphs unchanged …" in bare(diff(CHANGE, DiffOptions(changes_only=True, context=0), style=COLOUR))


def test_page_text_is_never_markup_nor_an_escape():
    block = BlockChange(Op.EDIT, 0, 0, (("=", "[bold]x[/bold] "), ("+", "\x1b]0;own\x07 :smile:")))
    shown = diff(Change(blocks=(block,)), style=COLOUR)
    assert "[bold]x[/bold]" in shown
    assert "\x1b]" not in shown
    assert ":smile:" in shown


def test_no_difference_says_so():
    assert diff(Change(), style=COLOUR) == side_by_side(Change(), style=COLOUR) == "No difference."


@given(st.text("ab \u4e2d", max_size=60), st.integers(4, 30))
def test_styled_text_is_wrapped_like_text_without_styles(words, width):
    spans = [(words[:20], "bold"), (words[20:], "red")]
    lines = [bare(COLOUR.write(line)).rstrip() for line in COLOUR.wrapped(spans, width, first=("> ", ""), rest="  ")]
    assert lines == [line.rstrip() for line in wrap(words, width, first="> ", rest="  ")]


def test_table_fits():
    rows = [("Example \x1b[0m", "x" * 100), ("a long name " * 9, "words and words")]
    shown = [bare(line) for line in COLOUR.table(("NAME", "LAST"), rows, width=50)]
    assert shown[0].startswith("NAME")
    assert shown[1].startswith("Example ␛[0m")
    assert max(map(cells, shown)) <= 50
    assert sum(line.count("x") for line in shown) == 101


def test_a_table_that_is_too_wide_is_a_list_of_names_and_values():
    head = ("article", "version", "outlet")
    shown = Style().table(head, [("a7f30c1d9e22", "version 12", "one two three"), ("b", "2", "c")], width=25)
    assert shown[:5] == ["article  a7f30c1d9e22", "version  version 12", "outlet   one two three", "", "article  b"]


def test_rows_of_one_side():
    shown = bare(side_by_side(Change(blocks=(CHANGE.blocks[3],)), width=60, style=COLOUR))
    assert shown.strip() == "+ The mayor said so."
