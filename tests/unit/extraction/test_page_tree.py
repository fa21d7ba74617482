import pytest
from selectolax.lexbor import LexborHTMLParser

from tracker.extraction.extractor import read
from tracker.extraction.page_tree import MAX_DEPTH, build_tree


@pytest.mark.parametrize("opening", ["<div>", "<blockquote>", "<ul><li>", "<section><p>"])
def test_lines_nested_deeper_than_any_page_are_lines_in_order(opening):
    lines = [f"The council said in its statement number {n} that the pier would be closed." for n in range(400)]
    page = "<html><body>" + "".join(f"{opening}{line}" for line in lines)
    body = LexborHTMLParser(page).body
    assert body is not None
    walked = build_tree(body)
    assert [line.text for line in walked.lines] == lines
    assert max(element.depth for element in walked.elements) == MAX_DEPTH
    assert set(read(page.encode()).article.text.split("\n\n")) <= set(lines)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("She said <q>we will <em>not</em> go</q>, and left.", "She said “we will not go”, and left."),
        ("She said „<q>we will not go</q>“ and left.", "She said „we will not go“ and left."),
        ("She said <q>“we will not go”</q> and left.", "She said “we will not go” and left."),
        ("She said <q><a href='/a'>we will</a> not go</q> and left.", "She said “we will not go” and left."),
        ("<ruby>政府<rt>せいふ</rt></ruby>は計画を発表した。", "政府は計画を発表した。"),
        (
            "<ruby>政府<rp>（</rp><rt>せいふ</rt><rp>）</rp></ruby>は計画を発表した。",
            "政府（せいふ）は計画を発表した。",
        ),
    ],
)
def test_quotations_have_the_marks_that_browsers_show_and_readings_of_ruby_do_not_run_into_the_text(inner, text):
    body = LexborHTMLParser(f"<p>{inner}</p><p>After it.</p>").body
    assert body is not None
    assert [line.text for line in build_tree(body).lines] == [text, "After it."]
