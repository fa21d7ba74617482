from tracker import compare
from tracker.classify.change_context import changed_facts
from tracker.model.article import Article, Block, BlockKind, Link
from tracker.model.change import FactKind, LabelKind

TEXT = "The ministry published its report on Monday, and the union said it was wrong."
REPORT = Link("its report", "https://example.org/report.pdf")
OTHER = Link("its report", "https://example.org/report-2.pdf")
UNION = Link("the union", "https://example.org/union")
AWAY = Link("town hall", "https://example.org/town")


def article(*links: Link, text: str = TEXT) -> Article:
    first = Block(BlockKind.PARAGRAPH, "The council met in the old town hall.", links=(AWAY,))
    return Article(blocks=(first, Block(BlockKind.PARAGRAPH, text, links=links)))


def listed(old: Article, new: Article) -> list[tuple[str, str, str, bool]]:
    found = changed_facts(old, new, compare(old, new))
    return [(f.old, f.new, f.role, f.standing) for f in found if f.kind is FactKind.LINK]


def test_the_same_words_that_lead_elsewhere_are_no_identity_and_make_no_label():
    assert listed(article(REPORT), article(OTHER)) == [
        (
            "its report <https://example.org/report.pdf>",
            "its report <https://example.org/report-2.pdf>",
            "address",
            True,
        )
    ]
    old, new = article(REPORT), article(OTHER)
    assert old.sha256 == new.sha256
    assert compare(old, new).is_empty
    spelt = article(OTHER, text=TEXT.replace(", and", " and"))
    change = compare(old, spelt)
    assert change.kinds == {LabelKind.COSMETIC}
    assert change.announced is None


def test_links_that_came_went_or_moved_with_their_words_and_a_side_without_links():
    assert listed(article(REPORT, UNION), article(UNION)) == [
        ("its report <https://example.org/report.pdf>", "", "removed", True)
    ]
    assert listed(article(), article(UNION)) == [("", "the union <https://example.org/union>", "added", True)]
    old, new = article(REPORT), article(REPORT)
    turned = Article(blocks=new.blocks[::-1])
    assert listed(old, turned) == []
    bare = Article(blocks=tuple(Block(b.kind, b.text) for b in article().blocks))
    assert listed(bare, article(REPORT)) == []
    assert listed(article(REPORT), bare) == []
