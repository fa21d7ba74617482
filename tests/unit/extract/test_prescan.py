from __future__ import annotations

import pytest

from tracker.extract import prescan

from .pages import article


def test_an_ordinary_page_passes_whole():
    page = article().decode()
    assert prescan.bound(page) == (page, "")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<div>" * 40_000, "nested deeper"),
        ("<div>" * 40_000 + "x" + "</div>" * 40_000, "nested deeper"),
        ("<DIV><ul><li>" * 5_000, "nested deeper"),
        ("<template>" * 20_000, "templates"),
        ("<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">", "attributes"),
        ("<b>" * 6_000 + "</p>" * 100, "nested deeper"),
        ("<p>x" * 300_001, "tags"),
    ],
)
def test_what_hurts_the_parser_is_cut(page, why):
    kept, reason = prescan.bound(page)
    assert why in reason
    assert len(kept) < len(page)


def test_open_formatting_tags_are_cut():
    page = "<font></x>" * 500 + "<font>a</b></i>" * 100 + "<p><b></p>" * 100 + "<tt><s></div></div>" * 4_000
    assert prescan.bound(page)[1] == "" or "formatting" in prescan.bound(page)[1]
    page = "</div>" * 2_000 + "<tt>" * 5_400
    assert "nested" in prescan.bound(page)[1] or "formatting" in prescan.bound(page)[1]


def test_tags_in_scripts_and_drawings_do_not_count():
    script = "<script>" + "'<div>'" * 3_000 + "</script>"
    drawing = "<svg>" + "<g>" * 700 + "</svg>"
    page = "<p>a</p>" * 1_000 + script + drawing + "<!--" + "<div>" * 900 + "-->"
    assert prescan.bound(page) == (page, "")


def test_a_long_value_is_no_crowd_of_attributes():
    page = f'<p data-x="{"a b " * 3_000}">text</p>'
    assert prescan.bound(page) == (page, "")
