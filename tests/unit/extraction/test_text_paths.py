import pytest

from tracker.extraction import read
from tracker.model.article import BlockKind

from .pages import PARAGRAPHS


def group(*texts: str) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_subheads_between_groups_of_paragraphs_are_news(tag):
    page = (
        "<html><body><main><h1>Council closes ferry terminal</h1>"
        f"<section>{group(*PARAGRAPHS[:3])}<{tag}>What happens to the clock</{tag}>{group(*PARAGRAPHS[3:])}</section>"
        "</main></body></html>"
    )
    found = read(page.encode()).article
    assert [block.text for block in found.editorial][3] == "What happens to the clock"
    assert found.editorial[3].kind is BlockKind.SUBHEAD


def test_headings_of_boxes_between_groups_are_not():
    links = '<a href="/a">Ferry fares</a><a href="/b">Snow</a>'
    box = f"<div class=q1><div><h3>What others read now</h3>{links}</div></div>"
    page = (
        "<html><body><main><h1>Council closes ferry terminal</h1>"
        f"<section>{group(*PARAGRAPHS[:3])}{box}{group(*PARAGRAPHS[3:])}</section></main></body></html>"
    )
    assert [block.text for block in read(page.encode()).article.editorial] == list(PARAGRAPHS)
