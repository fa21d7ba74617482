import pytest

from tracker import parser_limits

from .pages import article

SCRIPT = b"<script>" + b"'<div>'" * 3_000 + b"</script>"
DRAWING = b"<svg>" + b"<g>" * 700 + b"</svg>"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(article(), id="an ordinary page"),
        pytest.param(b"<script>" + b"s+='<b>';" * 6_000 + b"</script><p>The council.</p>", id="formatting in a script"),
        pytest.param(
            b"<p>a</p>" * 1_000 + SCRIPT + DRAWING + b"<!--" + b"<div>" * 900 + b"-->", id="scripts and drawings"
        ),
        *(
            pytest.param(b"<p>a</p>" * 3_000 + opening * 20_000 + b"<div>" * 600, id=f"endless {opening.decode()}")
            for opening in (b"<script>", b"<style>", b"<!-- ")
        ),
        pytest.param(f'<p data-x="{"a b " * 3_000}">text</p>'.encode(), id="a long value"),
        pytest.param(b"<p>a</p><script>if (a <b) " + b"word " * 3_000 + b"</script>", id="words of a script"),
    ],
)
def test_what_does_not_hurt_the_parser_passes_whole(page):
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


@pytest.mark.parametrize("start", [b"<p ", b'<p title="x"y ', b"<div><p>x</p><img/"])
def test_a_crowd_of_attributes_is_found_wherever_it_begins(start):
    page = b"<p>before</p>" * 700 + start + b" ".join(b"a%d" % n for n in range(1_500)) + b">after"
    kept, reason = parser_limits.truncate(page)
    assert "attributes" in reason
    assert kept.startswith(b"<p>before</p>" * 700)
    assert len(kept) < len(page) - 1_000
