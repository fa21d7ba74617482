"""The picture of a change: what it says, that nothing runs out of it, and that it is a PNG file."""

import re
import struct
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.render.samples import CHANGE, version
from tracker.errors import ConfigError
from tracker.model.change import Hunk, Label, LabelKind
from tracker.render import raster
from tracker.render.pictures.change_picture import (
    DOTS,
    ChangePicture,
    change_png,
    change_svg,
    cut_lines,
    lines_of,
    measured,
    picture_of,
    words_of,
)
from tracker.render.raster import Ruler

SHOWN = ChangePicture(
    outlet="Herald & Post",
    headline="Nine dead after ferry capsizes",
    when="between 12:01 and 12:05 UTC on 25 Nov 2026",
    labels=("number",),
    noted="not noted by the outlet",
    where="¶3",
    edit=(("=", "Officials said that "), ("-", "seven <b>"), ("+", "nine"), ("=", " people had died.")),
    foot="a7f3c2d19b40, versions 3 and 4 · https://herald.example/ferry",
)
ARABIC: tuple[Hunk, ...] = (("=", "قال مسؤولون إن "), ("-", "سبعة"), ("+", "تسعة"), ("=", " أشخاص لقوا حتفهم"))


def plain_ruler(runs: Sequence[tuple[str, bool]]) -> list[float]:
    """Measure every character as three fifths of the font size."""
    return [0.6 * len(text) for text, _ in runs]


def drawn(shown: ChangePicture = SHOWN) -> dict[str, list[str | None]]:
    """Return each line of the picture, with the way in which its edits are marked."""
    texts = ET.fromstring(change_svg(shown, plain_ruler)).iter("{http://www.w3.org/2000/svg}text")
    return {"".join(each.itertext()): [span.get("text-decoration") for span in each] for each in texts}


def test_it_says_who_when_what_and_how_the_edit_reads_on_both_sides():
    lines = drawn()
    assert list(lines) == [
        "Herald & Post · changed between 12:01 and 12:05 UTC on 25 Nov 2026",
        "Nine dead after ferry capsizes",
        "¶3 · number · not noted by the outlet",
        "Before",
        "Officials said that seven <b> people had died.",
        "After",
        "Officials said that nine people had died.",
        "a7f3c2d19b40, versions 3 and 4 · https://herald.example/ferry",
    ]
    assert lines["Officials said that seven <b> people had died."] == ["line-through"]
    assert lines["Officials said that nine people had died."] == ["underline"]


def test_its_alt_text_says_the_same():
    assert SHOWN.alt == (
        "Herald & Post, changed between 12:01 and 12:05 UTC on 25 Nov 2026: “Nine dead after ferry capsizes”\n"
        "Before, ¶3: “Officials said that seven <b> people had died.”\n"
        "After, ¶3: “Officials said that nine people had died.”\n"
        "number; not noted by the outlet"
    )


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ((("+", "New."),), "this passage was not there"),
        ((("-", "Old."),), "this passage is gone"),
        ((), "the article's text is the same"),
    ],
)
def test_a_side_without_words_says_so(edit, said):
    assert said in drawn(replace(SHOWN, edit=edit))


def test_a_long_edit_is_cut_and_its_first_words_stay():
    long: tuple[Hunk, ...] = (("=", "before " * 50), ("-", "gone " * 300), ("+", "address" * 200), ("=", " after" * 50))
    lines = list(drawn(replace(SHOWN, edit=long, headline="Long " * 60)))
    assert sum(line.endswith("…") for line in lines) >= 3
    assert any("gone" in line for line in lines)
    assert any("address" in line for line in lines)
    assert len(lines) <= 3 + 2 + 2 * 6


def test_a_text_from_right_to_left_begins_at_the_right():
    svg = change_svg(replace(SHOWN, edit=ARABIC, rtl=True), plain_ruler)
    assert len(re.findall(r'<text x="1120" text-anchor="end"[^>]*>\u2067قال[^<]*<tspan', svg)) == 2


@given(st.lists(st.tuples(st.sampled_from("=-+"), st.text(max_size=60)), max_size=6), st.floats(20, 60))
def test_no_line_is_wider_than_its_box_and_no_character_is_lost(hunks, wide):
    words = words_of(hunks)
    widths = measured(words, plain_ruler)
    lines = lines_of(words, widths, wide)
    written = "".join(run.text for line in lines for run in line)
    assert written == "".join("".join(part.split()) for _, part in hunks)
    for line in [*lines, *cut_lines(lines, widths, wide, 1)]:
        spaces = sum(run.spaced for run in line[1:])
        assert sum(widths[run.key] for run in line) + 0.6 * spaces <= wide + 1e-6
    if len(lines) > 1:
        assert cut_lines(lines, widths, wide, 1)[0][-1] == DOTS


@pytest.mark.parametrize("edit", [SHOWN.edit, ARABIC, (("-", "7 \ufffe\U0010fffd"), ("+", "9"))])
def test_resvg_draws_it_in_the_size_that_posts_show(edit):
    pytest.importorskip("resvg_py")
    picture = change_png(replace(SHOWN, edit=edit), Ruler())
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack_from(">II", picture, 16) == (1200, 675)


def test_widths_are_those_of_what_is_drawn():
    pytest.importorskip("resvg_py")
    ruler = Ruler()
    narrow, wide, bold, space, twice = ruler([("i", False), ("W", False), ("W", True), (" ", False), ("WW", False)])
    assert 0 < narrow < wide <= bold
    assert space > 0
    assert twice == pytest.approx(2 * wide, abs=0.1)


@pytest.mark.parametrize("missing", ["resvg_py", "PIL"])
def test_what_is_missing_is_named(monkeypatch, missing):
    monkeypatch.setattr(raster, "find_spec", lambda name: None if name == missing else find_spec(name))
    with pytest.raises(ConfigError, match="pictures need the picture extra") as refused:
        Ruler()([("word", False)])
    assert "writethru[picture]" in refused.value.hint


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((LabelKind.NUMBER, LabelKind.NOT_NOTED), "no note from the outlet"),
        ((LabelKind.UPDATE_NOTE, LabelKind.NOT_NOTED), "not all of it noted by the outlet"),
    ],
)
def test_a_note_of_other_edits_is_not_passed_over(kinds, said):
    made = replace(CHANGE, labels=tuple(Label(kind, "") for kind in kinds), announced=False)
    shown = picture_of("Herald", version(1), version(2), made)
    assert shown.noted == said
    assert shown.labels == (kinds[0].value,)


def test_a_machine_without_fonts_is_told_what_to_install(monkeypatch):
    pytest.importorskip("resvg_py")
    # resvg draws no text that no font has; it cannot be told to forget the fonts that this machine may have.
    png = raster.png
    monkeypatch.setattr(raster, "png", lambda svg: png(re.sub(r"<text.*?</text>", "", svg)))
    with pytest.raises(ConfigError, match="no font was found") as refused:
        Ruler()([("word", False)])
    assert "fonts-" in refused.value.hint


def test_letters_that_no_font_has_are_no_boxes_in_a_picture(monkeypatch):
    pytest.importorskip("resvg_py")
    assert raster.missing_script("Barge strikes bridge, “five” injured — déjà-vu 日"[:-1]) == ""
    monkeypatch.setattr(raster, "_has_glyph", lambda char: char not in "死亡が")
    assert raster.missing_script("9 死亡") == "CJK"
    with pytest.raises(ConfigError, match="no font on this machine has the HIRAGANA letters") as refused:
        change_png(replace(SHOWN, headline="9 が"), Ruler())
    assert refused.value.hint == "run: apt-get install fonts-noto-cjk"


def test_a_symbol_that_no_font_has_is_left_out():
    pytest.importorskip("resvg_py")
    assert raster.without_missing_symbols("Fire \U0010fffc → out") == "Fire  → out"
