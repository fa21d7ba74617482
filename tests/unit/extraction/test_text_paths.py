import pytest
from selectolax.lexbor import LexborHTMLParser

from tracker.extraction.extractor import read
from tracker.extraction.page_tree import build_tree
from tracker.extraction.text_paths import TextPaths
from tracker.model.article import BlockKind

from .pages import PARAGRAPHS, TEXT, article, news, plain_page


def group(*texts: str) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_subheads_between_groups_of_paragraphs_are_news(tag):
    subhead = f"<{tag}>What happens to the clock</{tag}>"
    page = plain_page(f"<section>{group(*PARAGRAPHS[:3])}{subhead}{group(*PARAGRAPHS[3:])}</section>")
    block = read(page).article.editorial[3]
    assert (block.text, block.kind) == ("What happens to the clock", BlockKind.SUBHEAD)


def test_headings_of_boxes_between_groups_are_not():
    links = '<a href="/a">Ferry fares</a><a href="/b">Snow</a>'
    box = f"<div class=q1><div><h3>What others read now</h3>{links}</div></div>"
    page = plain_page(f"<section>{group(*PARAGRAPHS[:3])}{box}{group(*PARAGRAPHS[3:])}</section>")
    assert news(page) == list(PARAGRAPHS)


def test_paragraphs_of_the_container_itself_between_groups_are_news():
    own = "<p>The last boat leaves at nine.</p><p>What follows is a bus</p>"
    groups = [f"<div>{group(*texts)}</div>" for texts in (PARAGRAPHS[:3], PARAGRAPHS[3:])]
    assert news(plain_page(f"<section>{own.join(groups)}</section>"))[3:5] == [
        "The last boat leaves at nine.",
        "What follows is a bus",
    ]


def body(*parts: str) -> list[str]:
    """Return the news text of a page whose paragraphs have *parts* after the third."""
    return news(article(*parts, at=3))[3:-3]


def test_lines_of_code_between_paragraphs_are_text():
    assert body("<div class=highlight><pre>make install</pre></div>") == ["make install"]


def test_a_short_sentence_of_its_own_beside_bare_lines_is_text():
    text = "<br><br>".join(PARAGRAPHS)
    page = f"<html><body><main><div>{text}<div>We hope that you enjoy the ride!</div></div></main></body></html>"
    assert read(page.encode()).article.editorial[-1].text == "We hope that you enjoy the ride!"


def test_a_short_paragraph_beside_lists_that_are_the_text_is_text():
    steps = "".join(f"<li>{text}</li>" for text in PARAGRAPHS)
    page = plain_page(f"<div><p>In slow steps</p><ol>{steps}</ol></div>", heading="How to dance")
    assert "In slow steps" in news(page)


def test_a_standfirst_in_one_box_with_the_headline_and_a_picture_is_no_caption():
    dek = "Islanders lose their only link to the shore after 94 years of service"
    hero = f"<div class=hero><img src=/a.jpg><h1>Ferry closes</h1><p>{dek}</p></div>"
    found = read(f"<html><body>{hero}<article>{TEXT}</article></body></html>".encode()).article
    assert found.dek == dek


def test_a_list_of_terms_is_never_all_of_the_article():
    steps = "".join(f"<dt>Step {n}</dt><dd><p>{text}</p></dd>" for n, text in enumerate(PARAGRAPHS))
    page = f"<html><body><article><h1>Cake</h1><div><p>Takes an hour.</p><dl>{steps}</dl></div></article></body></html>"
    assert read(page.encode()).container.endswith(">div")


def test_the_path_of_what_is_outside_of_the_container_does_not_depend_on_what_was_asked_before():
    tree = LexborHTMLParser("<div><p>Beside the text</p></div><main><p>The text</p></main>")
    assert tree.body is not None
    page = build_tree(tree.body)
    container = next(element for element in page.elements if element.tag == "main")
    one, other = TextPaths(page, container), TextPaths(page, container)
    for element in page.elements:
        other.path(element)
    outside = page.lines[0].owner
    assert one.path(outside) == other.path(outside)
    assert page.lines[1].owner.within(container)
    assert one.path(page.lines[1].owner) == ("p",)
