import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tests.unit.render.samples import CHANGE, NOON, content, version
from tracker import compare
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading
from tracker.model.change import (
    CLASSIFIER,
    BlockChange,
    Change,
    Direction,
    EditUnit,
    Field,
    Label,
    LabelKind,
    NoticeChange,
    Op,
    Substance,
)
from tracker.render import html, plain
from tracker.render import json as as_json
from tracker.render.plain import classes, diff, meta, removed, side_by_side
from tracker.render.rows import DiffOptions, tidy
from tracker.render.text import Style, cells, cut, one_line, pad, safe, wrap


def test_a_fact_box_is_marked_on_the_terminal_and_in_html():
    old, new = (
        article("The bridge is shut.", Block(BlockKind.BOX, f"Cost: {n} million."), Block(BlockKind.LIST_ITEM, "Two"))
        for n in (3, 4)
    )
    change = compare(old, new)
    assert plain.article(new) == "The bridge is shut.\n\nBox: Cost: 4 million.\n\n- Two"
    assert "~ Box: Cost: [-3-]{+4+} million." in plain.diff(change)
    assert "  The bridge is shut." in plain.diff(change)
    assert re.search(
        r"^Box: Cost: \[-3-\] million\. +~ Box: Cost: \{\+4\+\} million\.$", side_by_side(change), re.MULTILINE
    )
    assert html.diff(change).count("<strong>Box: </strong>Cost") == 1
    assert html.article(new).count("<strong>Box: </strong>Cost") == 1
    assert [piece.kind for piece in html.pieces(change)] == [b.kind for b in new.blocks]
    joined = compare(
        article(Block(BlockKind.BOX, "One."), Block(BlockKind.BOX, "Two.")), article(Block(BlockKind.BOX, "One. Two."))
    )
    assert plain.diff(joined).count("Box: ") == len(joined.blocks)


def test_words_are_marked_as_git_does_and_views_leave_out_the_rest():
    assert "~ At least [-three-]{+four+} boats sank in the night." in plain.diff(CHANGE)
    assert "Headline: Portland visit [-planned-]{+postponed+}" in plain.diff(CHANGE)
    assert plain.diff(CHANGE, DiffOptions(fields_only=True)) == "Headline: Portland visit [-planned-]{+postponed+}"
    shown = plain.diff(CHANGE, DiffOptions(changes_only=True, context=0))
    assert "… 2 paragraphs unchanged …" in shown
    assert "Ferries" not in shown
    assert "Ferries" in plain.diff(CHANGE, DiffOptions(changes_only=True, context=1))
    assert "unchanged" not in plain.diff(CHANGE, DiffOptions(words=True))


def test_no_difference_says_so_and_captions_and_the_whole_view_are_shown():
    picture = Block(BlockKind.CAPTION, "Ann Lee leaves the court in Ghent.")
    old = Article(title="Trial ends", lang="en", blocks=(Block(BlockKind.PARAGRAPH, "The trial ended."), picture))
    new = replace(old, blocks=(old.blocks[0], replace(picture, text="Sue Reyes leaves the court in Ghent.")))
    assert "Caption: [-Ann Lee-]{+Sue Reyes+} leaves the court in Ghent." in plain.diff(compare(old, new))
    assert "caption       edit" in plain.stat(compare(old, new))
    shown = plain.diff(CHANGE)
    assert "  The harbour was closed on Monday." in shown
    assert "+ {+The mayor said so.+}" in shown
    assert "- [-Nobody was hurt.-]" in shown
    assert "> (moved from ¶7 to ¶5) The pier dates from 1911." in shown
    assert "Correction (explains ¶3): {+An earlier version" in shown
    for each in (plain.diff, plain.side_by_side):
        assert each(Change()) == each(Change(), style=COLOUR) == "No difference."
    for text in (plain.diff(CHANGE, width=40), plain.side_by_side(CHANGE, width=41), plain.stat(CHANGE, width=50)):
        assert max(cells(line) for line in text.splitlines()) <= 50
    assert max(cells(line) for line in plain.diff(CHANGE, width=40).splitlines()) <= 40


@pytest.mark.parametrize("label", ["Correction", "Korrektur"])
def test_a_notice_has_its_kind_as_its_name_in_every_language_and_every_view(label):
    told = (replace(notice, text=f"{label}: {notice.text}") for notice in CHANGE.notices)
    shown = replace(CHANGE, notices=tuple(told))
    assert f"\nCorrection (explains ¶3): {{+{label}: An earlier" in plain.diff(shown)
    assert f"Correction (explains ¶3): {{+{label}:" in plain.side_by_side(shown, width=200)
    assert "<strong>Correction</strong> <em" in html.diff(shown)


def test_words_view_keeps_a_few_words_around():
    long = " ".join(f"w{i}" for i in range(40))
    edit = BlockChange(Op.EDIT, 0, 0, (("=", long + " "), ("-", "old"), ("+", "new"), ("=", " " + long)))
    middle = BlockChange(Op.EDIT, 1, 1, (("-", "a"), ("=", f" {long} "), ("+", "b")))
    move = BlockChange(Op.MOVE, 5, 2, (("=", long),))
    shown = plain.diff(Change(blocks=(edit, middle, move)), DiffOptions(words=True))
    assert shown.split("\n\n") == [
        "~ … w34 w35 w36 w37 w38 w39 [-old-]{+new+} w0 w1 w2 w3 w4 w5 …",
        "~ [-a-] w0 w1 w2 w3 w4 w5 … w34 w35 w36 w37 w38 w39 {+b+}",
        "> (moved from ¶6 to ¶3) w0 w1 w2 w3 w4 w5 …",
    ]


def test_a_notice_that_went_and_rows_of_dek_and_byline_are_shown():
    change = Change(notices=(NoticeChange(NoticeKind.EDITORS_NOTE, "Note.", Op.DELETE),))
    assert plain.diff(change) == "Editor’s note (removed): [-Note.-]"
    change = Change(dek=Field("a", "b"), byline=Field("x", "y", (("-", "x"), ("+", "y"))))
    assert plain.diff(change).split("\n\n") == ["Dek: [-a-]{+b+}", "Byline: [-x-]{+y+}"]


@given(st.lists(st.tuples(st.sampled_from("=-+"), st.text("ab é", max_size=12)), max_size=8))
def test_tidy_moves_blanks_and_loses_none(hunks):
    tidied = tidy(hunks)
    assert "".join(t for op, t in tidied if op != "-").replace(" ", "") == "".join(
        t for op, t in hunks if op != "-"
    ).replace(" ", "")
    assert "".join(t for op, t in tidied if op != "+").replace(" ", "") == "".join(
        t for op, t in hunks if op != "+"
    ).replace(" ", "")
    assert all(text for _, text in tidied)


def test_tidy_puts_marks_on_words_and_takes_line_ends_for_blanks():
    assert plain.hunks((("=", "a"), ("+", " b"), ("=", " c"))) == "a {+b+} c"
    assert plain.hunks((("=", "a"), ("-", " "), ("=", "b"))) == "a[- -]b"
    assert plain.hunks((("-", " x "), ("+", " y "))) == " [-x-]{+y+} "
    assert plain.hunks((("-", "x "), ("+", "y"))) == "[-x -]{+y+}"
    assert plain.hunks((("=", "one\ntwo"), ("-", "\n"))) == "one two"


def test_the_summary_names_what_counts_and_a_change_judged_by_release_0_1():
    shown = "6 words added, 5 removed · new headline · facts changed (number) · noted by the outlet"
    assert plain.summary(CHANGE) == shown
    assert plain.summary(replace(CHANGE, announced=False)).endswith("no note from the outlet")
    noted_in_part = replace(
        CHANGE, announced=False, labels=(Label(LabelKind.CORRECTION, ""), Label(LabelKind.NOT_NOTED, ""))
    )
    assert plain.summary(noted_in_part).endswith(" · not all of it noted by the outlet")
    assert plain.summary(Change()) == "no difference"
    assert plain.judged_by(CHANGE) == "judged by the rules of release 0.1; `writethru reextract` judges it anew"
    assert plain.judged_by(replace(CHANGE, classifier=CLASSIFIER)) == ""
    assert plain.judged_by(Change()) == ""


@pytest.mark.parametrize(
    ("units", "kinds", "said"),
    [
        ((EditUnit(Substance.FORM),), (LabelKind.COSMETIC,), "only the form changed"),
        ((EditUnit(Substance.WORDS),), (LabelKind.REWRITE,), "words changed"),
        (
            (EditUnit(Substance.CLAIM, Direction.ALTERED),),
            (LabelKind.QUOTE, LabelKind.NUMBER),
            "facts changed (number, quotation)",
        ),
        ((EditUnit(Substance.CLAIM, Direction.ALTERED),), (LabelKind.CLAIM,), "facts changed"),
        ((EditUnit(Substance.CLAIM, Direction.REMOVED),), (LabelKind.DELETE,), "statements removed"),
        (
            (EditUnit(Substance.CLAIM, Direction.REMOVED), EditUnit(Substance.CLAIM, Direction.ADDED)),
            (LabelKind.DELETE, LabelKind.INSERT),
            "statements added and removed",
        ),
    ],
)
def test_what_a_change_does_is_said_in_words(units, kinds, said):
    labels = tuple(Label(kind, "") for kind in kinds)
    made = replace(CHANGE, units=units, substance=units[0].substance, labels=labels)
    assert plain.substance(made) == said


def test_breaks_alone_are_shown_as_text_and_no_side_has_a_gap_for_the_other():
    made = Change(
        blocks=(
            BlockChange(Op.EDIT, 0, 0, (("=", "One."), ("-", " Two."))),
            BlockChange(Op.INSERT, None, 1, (("+", "Two."),)),
        ),
        layout_only=True,
    )
    assert plain.summary(made) == "only paragraph breaks changed"
    assert plain.diff(made) == "  One.\n\n  Two."
    made = Change(
        title=Field(
            "Closed after storm",
            "Closed after deadly storm",
            (("=", "Closed after "), ("+", "deadly "), ("=", "storm")),
        )
    )
    assert "Closed after storm" in plain.side_by_side(made, width=120)


def test_stat_has_a_line_for_each_change_and_the_sum_and_a_scaled_bar():
    lines = plain.stat(CHANGE).splitlines()
    assert lines[0] == "headline      edit       +1    −1 +-"
    assert lines[4].split() == ["¶7→¶5", "move", "+0", "−0"]
    assert lines[-2:] == ["correction    insert  explains ¶3", "6 words added, 5 removed"]
    block = BlockChange(Op.INSERT, None, 0, (("+", "word " * 500),))
    assert max(len(line) for line in plain.stat(Change(blocks=(block,)), width=60).splitlines()) <= 60


def test_side_by_side_puts_old_left_and_says_from_where_a_paragraph_moved():
    lines = plain.side_by_side(CHANGE, DiffOptions(changes_only=True), width=70).splitlines()
    assert "At least [-three-] boats sank in  ~ At least {+four+} boats sank in" in lines
    assert "[-Nobody was hurt.-]              -" in lines
    assert "… 1 paragraph unchanged …" in lines
    assert "> (moved from ¶7 to ¶5) The" in plain.side_by_side(CHANGE)
    assert "(moved from ¶7 to ¶5)" in plain.side_by_side(CHANGE, style=Style(escapes=True))


def test_an_article_is_readable_and_its_text_is_never_markup_nor_an_escape():
    page = replace(
        content("One.", "Two \x1b[2J."),
        blocks=(
            Block(BlockKind.PARAGRAPH, "One \x1b[2J."),
            Block(BlockKind.LIST_ITEM, "Item."),
            Block(BlockKind.PROMO, "Subscribe!"),
        ),
    )
    shown = plain.article(page)
    assert shown.split("\n\n")[2:5] == ["By Ada Reyes", "One ␛[2J.", "- Item."]
    assert "Subscribe" not in shown
    assert plain.article(Article()) == ""
    block = BlockChange(Op.EDIT, 0, 0, (("=", "[bold]x[/bold] "), ("+", "\x1b]0;own\x07 :smile:")))
    shown = diff(Change(blocks=(block,)), style=COLOUR)
    assert "[bold]x[/bold]" in shown
    assert "\x1b]" not in shown
    assert ":smile:" in shown


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
def test_patch_applies(tmp_path):
    old, new = content("One.", "Two.", "Three."), content("One.", "Two and a half.", "Three.", title="Other")
    (tmp_path / "page").write_text(plain.article(old) + "\n")
    made = plain.patch(plain.article(old), plain.article(new), names=("page", "page")) + "\n"
    subprocess.run(["patch", "page"], input=made, text=True, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "page").read_text() == plain.article(new) + "\n"


def told(*notices: NoticeChange, silent: tuple[int, ...] = (), title: Field = Field()) -> Change:  # noqa: B008 - frozen
    labels = (Label(LabelKind.NOT_NOTED, "x", silent),) if silent else (Label(LabelKind.NUMBER, "x", (2,)),)
    return Change(blocks=CHANGE.blocks, labels=labels, notices=notices, title=title)


def notice(*explains: int, op: Op = Op.INSERT) -> NoticeChange:
    return NoticeChange(NoticeKind.UPDATE, "(Updates with mayor.)", op, explains)


def test_notices_stand_below_the_edit_they_explain_and_say_so_where_there_is_none():
    shown = plain.diff(told(notice(2, 3, 4))).split("\n\n")
    at = next(i for i, row in enumerate(shown) if row.startswith("~ At least"))
    assert shown[at + 1] == "Update note (explains ¶3, ¶4, old ¶4): {+(Updates with mayor.)+}"
    assert shown[at + 2] == "+ {+The mayor said so.+}\n  ^ explained by the update note at ¶3"
    change = told(silent=(2, 4))
    assert "boats sank in the night.\n  ^ no note from the outlet explains this edit" in plain.diff(change)
    assert "  ^ no note from the outlet explains this edit" in plain.side_by_side(change)
    for show in (plain.diff, plain.side_by_side):
        assert "^ no note from the outlet explains this edit" in show(change, width=120, style=Style(escapes=True))
    assert "no note from the outlet explains this edit" in html.diff(change)
    assert "no note from the outlet explains this edit" in plain.diff(change, DiffOptions(words=True))
    assert "Update note (we could not match this note to an edit): {+(Upd" in plain.diff(told(notice()))
    retitled = told(replace(notice(), fields=("title", "byline")), title=Field("a", "b"))
    assert "Update note (explains the headline, the byline): {+(Upd" in plain.diff(retitled)
    assert "(explains" not in plain.diff(replace(told(notice()), labels=()))
    assert "update-note   insert  we could not match this note to an edit" in plain.stat(told(notice()))


def test_a_paragraph_split_or_merged_says_from_where():
    one = "The factory employed 340 people. It was built in 1987 by two brothers from the north."
    first, second = one.split(". ", 1)
    whole, parts = content(one, "Rain fell."), content(first + ".", second, "Snow fell.")
    assert "+ (split off from ¶1) {+" in plain.diff(compare(whole, parts))
    merged = plain.diff(compare(parts, whole))
    assert "(text moved to ¶1) [-" in merged
    assert "(includes text from ¶" in merged


COLOUR, BLACK = Style(escapes=True), Style(escapes=True, color=False)


def bare(text: str) -> str:
    return re.compile(r"\x1b\[[\d;]*m").sub("", text)


def test_colours_and_marks_tell_edits_in_one_column_and_in_two():
    shown = diff(CHANGE, style=COLOUR)
    assert "\x1b[9;31mthree\x1b[0m \x1b[4;32mfour\x1b[0m" in shown
    for shown in (diff(CHANGE, style=BLACK), side_by_side(CHANGE, width=400, style=BLACK)):
        assert "[-three-]" in shown
        assert "{+four+}" in shown
    assert not re.search(r"\x1b\[[\d;]*3\dm", shown)
    shown = bare(side_by_side(CHANGE, DiffOptions(changes_only=True, context=0), width=76, style=COLOUR))
    assert re.search(r"At least three boats sank in the +~ At least four boats sank in", shown)
    assert "… 2 paragraphs unchanged …" in shown
    assert "… 2 paragraphs unchanged …" in bare(diff(CHANGE, DiffOptions(changes_only=True, context=0), style=COLOUR))
    shown = bare(side_by_side(Change(blocks=(CHANGE.blocks[3],)), width=60, style=COLOUR))
    assert shown.strip() == "+ The mayor said so."


def test_lines_fit():
    shown = [
        diff(CHANGE, width=40, style=COLOUR),
        side_by_side(CHANGE, width=60, style=COLOUR),
        plain.version_line(version(), NOON, 50, COLOUR),
    ]
    for text, width in zip(shown, (40, 60, 50), strict=True):
        for line in bare(text).splitlines():
            assert cells(line) <= width


@given(st.text("ab \u4e2d", max_size=60), st.integers(4, 30))
def test_styled_text_is_wrapped_like_text_without_styles(words, width):
    spans = [(words[:20], "bold"), (words[20:], "red")]
    lines = [bare(COLOUR.write(line)).rstrip() for line in COLOUR.wrapped(spans, width, first=("> ", ""), rest="  ")]
    assert lines == [line.rstrip() for line in wrap(words, width, first="> ", rest="  ")]


def test_a_table_fits_or_is_a_list_of_names_and_values():
    rows = [("Example \x1b[0m", "x" * 100), ("a long name " * 9, "words and words")]
    shown = [bare(line) for line in COLOUR.table(("NAME", "LAST"), rows, width=50)]
    assert shown[0].startswith("NAME")
    assert shown[1].startswith("Example ␛[0m")
    assert max(map(cells, shown)) <= 50
    assert sum(line.count("x") for line in shown) == 101
    head = ("article", "version", "outlet")
    shown = Style().table(head, [("a7f30c1d9e22", "version 12", "one two three"), ("b", "2", "c")], width=25)
    assert shown[:5] == ["article  a7f30c1d9e22", "version  version 12", "outlet   one two three", "", "article  b"]


words = st.lists(st.text(st.sampled_from("abé北京-"), min_size=1, max_size=30), min_size=1, max_size=20).map(" ".join)


@given(words, st.integers(8, 60))
def test_lines_fit_and_keep_every_character(text, width):
    lines = wrap(text, width, first="~ ", rest="  ")
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "~" + "".join(text.split())


def test_text_is_wrapped_cut_and_padded_by_the_columns_it_takes():
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("aa bbbbbbbbbb cc", 5) == ["aa", "bbbbb", "bbbbb", "cc"]
    assert wrap("one two three", None, first="~ ") == ["~ one two three"]
    assert cells("北京a") == 5
    assert cells("e\u0301") == 1
    assert cells("ที่นี่") == 2
    assert cells("कुछ") == 2
    assert cells("हिन्दी") == 4
    assert wrap("北京北京", 5) == ["北京", "北京"]
    assert cut("headline", 8) == "headline"
    assert cut("headlines", 8) == "headlin…"
    assert cut("北京北京", 5) == "北京…"
    assert cut("abc", 0) == ""
    assert pad("北", 4) == "北  "
    assert pad("toolong", 3) == "toolong"


@pytest.mark.parametrize("text", ["👩\u200d🚒", "👨\u200d👩\u200d👧", "👍🏽", "🇩🇪", "❤\ufe0f", "1\ufe0f\u20e3", "⚡"])
def test_an_emoji_takes_two_columns_and_is_never_split(text):
    assert cells(text) == 2
    assert cut(f"{text} abc", 5) == f"{text} a…"
    assert wrap(text * 3, 5) == [text * 2, text]
    assert pad(text, 3) == f"{text} "


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text):
    cleaned = safe(text + "\x1b\x9b\x07\r\x00\x7f\u202e\u2066\u200f\u061c\U000e0041\u200b\ud800" + text)
    assert not any(ord(c) < 0x20 and c not in "\n\t" for c in cleaned)
    assert not any(0x7F <= ord(c) < 0xA0 for c in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029")
    assert not any(0xE0000 <= ord(c) < 0xE0080 for c in cleaned)
    cleaned.encode()


def test_escapes_become_signs_and_json_escapes_beyond_the_first_plane():
    assert safe("\x1b[31mred\x1b]0;title\x07") == "␛[31mred␛]0;title␇"
    assert one_line(" a \n\n b\tc ") == "a b c"
    line = as_json.dumps({"text": "\U000e0041\ud800é"})
    assert line == '{"text":"\\udb40\\udc41\\ud800é"}'


@pytest.mark.parametrize("text", ["Zürich – “quoted”", "北京 2026", "مرحبا", "👩🏽‍🚒", "a\tb\nc"])
def test_ordinary_text_stays(text):
    assert safe(text) == text


@given(st.text())
def test_json_means_what_it_meant_and_is_harmless(text):
    line = as_json.dumps({"text": text})
    assert json.loads(line) == {"text": text}
    assert safe(line) == line
    assert "\n" not in line


PAGE = Article(
    title="Harbour closed",
    byline=("Ada Lark",),
    blocks=(
        Block(BlockKind.PARAGRAPH, "The harbour was closed."),
        Block(BlockKind.PROMO, "Read more \x1b[2J", "sends elsewhere"),
        Block(BlockKind.NOTICE, "Correction: it is four boats.", "correction"),
    ),
    notices=(
        Notice(NoticeKind.CORRECTION, "Correction: it is four boats."),
        Notice(NoticeKind.CORRECTION, "Told in JSON-LD alone."),
    ),
    fields=(("title", "h1"), ("body", "json-ld")),
)
FOUND = Reading(PageKind.ARTICLE, PAGE, "body>main", "1", "why")


def test_fields_and_blocks_name_their_source_class_and_reason():
    shown = list(meta(FOUND, None))
    assert "page       article (why)" in shown
    assert "title      Harbour closed [h1]" in shown
    assert "byline     Ada Lark" in shown
    assert "text from  json-ld" in shown
    assert "text from  body>main" in list(meta(Reading(PageKind.ARTICLE, Article(), "body>main"), 80))
    shown = [line for line in classes(FOUND, None) if line]
    assert shown == [
        "  paragraph   The harbour was closed.",
        "x promo       Read more ␛[2J (sends elsewhere)",
        "! notice      Correction: it is four boats. (correction)",
        "! correction: Told in JSON-LD alone.",
    ]
    assert list(removed(FOUND, None)) == [
        "left out: 1 of 3 blocks",
        "",
        "x promo       Read more ␛[2J (sends elsewhere)",
    ]
