import pytest

from tests.unit.render.samples import CHANGE
from tracker.cli.commands.diff import fact_lines, fact_row
from tracker.model.change import Fact, FactKind
from tracker.render.text import cells

KILLED = Fact(FactKind.NUMBER, "three", "four", "killed", block=2)
TITLE = Fact(FactKind.HEDGE, "", "may", where="title")
GONE = Fact(FactKind.QUOTE, "“Nobody was hurt in the storm, and nobody will be,”", "", block=4, standing=False)
COME = Fact(FactKind.NAME, "", "Ada Lark", block=3, standing=False)
ALL = (KILLED, TITLE, GONE, COME)


def test_rows_say_what_was_said_and_what_is_said():
    assert [fact_row(fact, CHANGE.blocks) for fact in ALL] == [
        ("~", "number (killed)", "¶3", "three", "four"),
        ("~", "hedge", "headline", "–", "may"),
        ("-", "quote", "old ¶4", "“Nobody was hurt in the storm, and nobody will be,”", "–"),
        ("+", "name", "¶4", "–", "Ada Lark"),
    ]


@pytest.mark.parametrize("width", [24, 50, 80, 120])
def test_the_table_fits_and_loses_no_word(width):
    shown = ["".join(line) for line in fact_lines(ALL, CHANGE.blocks, width)]
    assert max(cells(line.rstrip()) for line in shown) <= max(width, len("~ number (killed)  headline"))
    for word in ("three", "four", "may", "Nobody", "nobody", "Ada", "Lark"):
        assert any(word in line for line in shown)


def test_wide_enough_both_sides_stand_beside_each_other():
    assert any("three" in line[1] and "four" in line[2] for line in fact_lines(ALL, CHANGE.blocks, 80))


def test_escapes_of_the_page_are_shown():
    hostile = Fact(FactKind.NAME, "a\x1b[2Jb", "c", block=2)
    (_, line) = fact_lines([hostile], CHANGE.blocks, 80)
    assert "\x1b" not in "".join(line)
