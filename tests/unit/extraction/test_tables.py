import pytest

from tracker.extraction.extractor import read
from tracker.model.article import BlockKind

from .pages import PARAGRAPHS, article, kinds, news, plain_page

ROWS = (("Ward", "For", "Against"), ("Eastern", "2", "7"), ("Harbour", "1,204", "16:20"))
TABLE = "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS) + "</table>"
CELLS = [cell for row in ROWS for cell in row]


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "<div class=q7>{}</div>",
        "<div><div class=wide>{}</div></div>",
        "<figure class=wp-block-table>{}</figure>",
    ],
)
def test_a_table_of_data_is_news_with_all_its_numbers(frame):
    found = read(article(frame.format(TABLE), at=3)).article
    assert [b.text for b in found.editorial] == [*PARAGRAPHS[:3], *CELLS, *PARAGRAPHS[3:]]
    assert {b.kind for b in found.editorial[3:-3]} == {BlockKind.TABLE}


def test_names_of_cells_describe_data():
    table = TABLE.replace("<td>2<", '<td class="ticker">2<')
    assert kinds(article(table, at=3))["2"] is BlockKind.TABLE


@pytest.mark.parametrize(
    "box",
    [
        f"<aside>{TABLE}</aside>",
        f'<div class="sponsored">{TABLE}</div>',
        f"<div><p>Most read this week in the Herald and in its sister papers on the coast and beyond</p>{TABLE}</div>",
        TABLE.replace("<td>", "<td><a href=/x>").replace("</td>", "</a></td>"),
    ],
)
def test_tables_beside_the_text_and_tables_of_links_are_none(box):
    assert news(article(box, at=3)) == list(PARAGRAPHS)


def test_a_page_laid_out_in_tables_is_read_as_text():
    rows = "".join(f"<tr><td><p>{text}</p></td></tr>" for text in PARAGRAPHS)
    page = f"<html><body><table><tr><td>Updated 16:20</td></tr>{rows}</table></body></html>"
    assert news(page.encode()) == list(PARAGRAPHS)


CAPTION = "Pictured from left are the mayor, the harbour master and two islanders at the old pier on Tuesday"


@pytest.mark.parametrize(
    "box",
    [
        f"<div><img src=/a.jpg><p>{CAPTION}</p></div>",
        f"<div><div><img src=/a.jpg></div><div><p>{CAPTION}</p><p>Image: Jo Roe</p></div></div>",
    ],
)
def test_a_line_framed_with_a_picture_is_its_caption(box):
    assert kinds(article(box, at=3))[CAPTION] is BlockKind.CAPTION


def test_a_picture_in_the_run_of_the_text_makes_no_caption():
    page = article("<img src=/a.jpg>", f"<p><img src=/b.jpg>{CAPTION}.</p>", at=3)
    assert kinds(page)[f"{CAPTION}."] is BlockKind.PARAGRAPH


def test_text_that_stands_with_pictures_throughout_is_text():
    parts = "".join(f"<div><div><img src=/{n}.jpg></div><p>{text}</p></div>" for n, text in enumerate(PARAGRAPHS))
    assert news(plain_page(f"<div>{parts}</div>")) == list(PARAGRAPHS)


def test_a_heading_with_a_block_in_it_is_a_subhead():
    page = article("<h2><div>What happens to the clock</div></h2>", at=3)
    assert kinds(page)["What happens to the clock"] is BlockKind.SUBHEAD


def test_a_table_with_header_cells_is_data_however_long_its_cells_are():
    head = "<tr><th>Film</th><th>Plot</th></tr>"
    rows = "".join(f"<tr><td>Loop {n}</td><td>{text}</td></tr>" for n, text in enumerate(PARAGRAPHS))
    page = plain_page(f"<div><p>A list.</p><table>{head}{rows}</table></div>", heading="Films")
    assert {"Film", "Loop 0", "Loop 5", *PARAGRAPHS} <= set(news(page))
