from __future__ import annotations

import re

from tracker.model.change import BlockChange, Change, Op
from tracker.render import ansi
from tracker.render.rows import DiffOptions
from tracker.render.wrap import cells

from .samples import CHANGE, NOON, version

SGR = re.compile(r"\x1b\[[\d;]*m")


def bare(text: str) -> str:
    return SGR.sub("", text)


def test_removed_is_red_and_struck_added_green_and_underlined():
    shown = ansi.diff(CHANGE)
    assert "\x1b[9;31mthree\x1b[0m \x1b[4;32mfour\x1b[0m" in shown


def test_without_colour_marks_say_it():
    for shown in (ansi.diff(CHANGE, color=False), ansi.side_by_side(CHANGE, width=400, color=False)):
        assert "[-three-]" in shown
        assert "{+four+}" in shown
    assert not re.search(r"\x1b\[[\d;]*3\dm", shown)


def test_lines_fit():
    shown = [
        ansi.diff(CHANGE, width=40),
        ansi.side_by_side(CHANGE, width=60),
        ansi.line(version(), NOON, width=50),
    ]
    for text, width in zip(shown, (40, 60, 50), strict=True):
        for line in bare(text).splitlines():
            assert cells(line) <= width


def test_side_by_side_and_gaps():
    shown = bare(ansi.side_by_side(CHANGE, DiffOptions(changes_only=True, context=0), width=76))
    assert re.search(r"At least three boats sank in the +~ At least four boats sank in", shown)
    assert "… 2 paragraphs unchanged …" in shown
    assert "… 2 paragraphs unchanged …" in bare(ansi.diff(CHANGE, DiffOptions(changes_only=True, context=0)))


def test_page_text_is_never_markup_nor_an_escape():
    block = BlockChange(Op.EDIT, 0, 0, (("=", "[bold]x[/bold] "), ("+", "\x1b]0;own\x07 :smile:")))
    shown = ansi.diff(Change(blocks=(block,)))
    assert "[bold]x[/bold]" in shown
    assert "\x1b]" not in shown
    assert ":smile:" in shown


def test_no_difference_says_so():
    assert ansi.diff(Change()) == ansi.side_by_side(Change()) == "No difference."


def test_heading_and_summary():
    assert bare(ansi.heading("a7f3 v4→v5", CHANGE, width=80)).splitlines() == [
        "a7f3 v4→v5",
        "+6 −5 words · headline number · significance 0.62 · noted by the outlet",
    ]
    assert bare(ansi.heading("a7f3 v1", None, width=80)) == "a7f3 v1"


def test_table_fits():
    shown = bare(ansi.table(("NAME", "LAST"), [("Example \x1b[0m", "x" * 100)], width=50))
    assert shown.startswith("NAME")
    assert max(cells(line) for line in shown.splitlines()) <= 50


def test_rows_of_one_side():
    shown = bare(ansi.side_by_side(Change(blocks=(CHANGE.blocks[3],)), width=60))
    assert shown.strip() == "+ The mayor said so."
