import pytest

from tracker import parser_limits

from .pages import article


def test_an_ordinary_page_passes_whole():
    page = article()
    assert parser_limits.truncate(page) == (page, "")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<div>" * 40_000, "nested deeper"),
        ("<div>" * 40_000 + "x" + "</div>" * 40_000, "nested deeper"),
        ("<DIV><ul><li>" * 5_000, "nested deeper"),
        ("<template>" * 20_000, "templates"),
        ("<select>" + "<option>x</option>" * 20_000 + "</select>", "options"),
        ("<svg>" + "<p>x</p>" * 4_000 + "<div>" * 600, "nested deeper"),
        ("<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">", "attributes"),
        ("<b>" * 6_000 + "</p>" * 100, "nested deeper"),
        ("<p>x" * 100_001, "tags"),
        ("<p>x" * 90_000 + "<div>" * 60_000 + "x" + "</div>" * 60_000, "nested deeper"),
        ("<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">" + "<p>x" * 100_001, "attributes"),
    ],
)
def test_what_hurts_the_parser_is_cut(page, why):
    page = page.encode()
    kept, reason = parser_limits.truncate(page)
    assert why in reason
    assert len(kept) < len(page)


def test_open_formatting_tags_are_cut():
    assert "nested" in parser_limits.truncate(b"</div>" * 2_000 + b"<tt>" * 5_400)[1]


def test_formatting_tags_in_a_script_do_not_count():
    page = b"<script>" + b"s+='<b>';" * 6_000 + b"</script><p>The council voted on Monday.</p>"
    assert parser_limits.truncate(page) == (page, "")


def test_tags_in_scripts_and_drawings_do_not_count():
    script = b"<script>" + b"'<div>'" * 3_000 + b"</script>"
    drawing = b"<svg>" + b"<g>" * 700 + b"</svg>"
    page = b"<p>a</p>" * 1_000 + script + drawing + b"<!--" + b"<div>" * 900 + b"-->"
    assert parser_limits.truncate(page) == (page, "")


def test_a_script_or_comment_without_an_end_hides_all_that_follows():
    for opening in (b"<script>", b"<style>", b"<!-- "):
        page = b"<p>a</p>" * 3_000 + opening * 20_000 + b"<div>" * 600
        assert parser_limits.truncate(page) == (page, "")


def test_a_long_value_is_no_crowd_of_attributes():
    page = f'<p data-x="{"a b " * 3_000}">text</p>'.encode()
    assert parser_limits.truncate(page) == (page, "")


def test_words_of_a_script_are_no_attributes():
    page = b"<p>text</p><script>if (a <b) " + b"word " * 3_000 + b"</script><p>text</p>"
    assert parser_limits.truncate(page) == (page, "")


@pytest.mark.parametrize("start", [b"<p ", b'<p title="x"y ', b"<div><p>x</p><img/"])
def test_a_crowd_of_attributes_is_found_wherever_it_begins(start):
    page = b"<p>before</p>" * 700 + start + b" ".join(b"a%d" % n for n in range(1_500)) + b">after"
    kept, reason = parser_limits.truncate(page)
    assert "attributes" in reason
    assert kept.startswith(b"<p>before</p>" * 700)
    assert len(kept) < len(page) - 1_000
