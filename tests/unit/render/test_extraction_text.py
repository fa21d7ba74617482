from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading
from tracker.render.extraction_text import classes, meta, removed

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


def test_fields_name_their_source_and_the_text_its_container():
    shown = list(meta(FOUND, None))
    assert "page       article (why)" in shown
    assert "title      Harbour closed [h1]" in shown
    assert "byline     Ada Lark" in shown
    assert "text from  json-ld" in shown
    assert "text from  body>main" in list(meta(Reading(PageKind.ARTICLE, Article(), "body>main"), 80))


def test_every_block_has_its_class_and_each_notice_stands_once():
    shown = [line for line in classes(FOUND, None) if line]
    assert shown == [
        "  paragraph   The harbour was closed.",
        "x promo       Read more ␛[2J (sends elsewhere)",
        "! notice      Correction: it is four boats. (correction)",
        "! correction: Told in JSON-LD alone.",
    ]


def test_what_was_left_out_has_its_reason():
    assert list(removed(FOUND, None)) == [
        "left out: 1 of 3 blocks",
        "",
        "x promo       Read more ␛[2J (sends elsewhere)",
    ]
