import pytest

from tracker.model.article import Article, Block, BlockKind
from tracker.stories.copies import credited, origin_of

from .samples import WIRE, article, hours, timeline

PLAIN = article(["A ferry burned off Sandvik.", *WIRE[1:]])


@pytest.mark.parametrize(
    ("content", "agency"),
    [
        (article(WIRE), "AP"),
        (article(["(Bloomberg) -- A ferry burned."]), "Bloomberg"),
        (article(["The ferry burned.", "©2023 Bloomberg L.P."]), "Bloomberg"),
        (article(["It burned.", "Copyright 2026 The Associated Press. All rights reserved."]), "Associated Press"),
        (article(["It burned."], byline=("Ida Holm, Reuters",)), "Reuters"),
        (article(["It burned."], byline=("The Canadian Press",)), "The Canadian Press"),
        (PLAIN, ""),
        (Article(blocks=(Block(BlockKind.CREDIT, "Copyright dpa"),)), "dpa"),
    ],
)
def test_an_agency_is_read_from_dateline_byline_or_copyright(content, agency):
    assert credited(content) == agency


def printed(name: str, host: str, at: float, content: Article):
    return timeline(name, (at, content), url=f"https://{host}/ferry")


def test_the_agency_itself_comes_first_however_late_it_was_seen():
    claims = [printed("a", "courier.test", 0, article(WIRE)), printed("b", "www.apnews.com", 5, PLAIN)]
    assert origin_of(claims) == "b"


def test_who_credits_nobody_may_have_stripped_the_credit():
    claims = [printed("a", "courier.test", 0, article(WIRE)), printed("b", "ledger.test", 5, PLAIN)]
    assert origin_of(claims) == "a"
    assert origin_of([claims[0], printed("c", "post.test", -1, PLAIN)]) == "c"


def test_the_earliest_comes_first_by_its_own_date_where_it_has_one():
    dated = article(WIRE, published=hours(-3))
    claims = [printed("a", "courier.test", 0, article(WIRE)), printed("b", "ledger.test", 5, dated)]
    assert origin_of(claims) == "b"
    later = article(WIRE, published=hours(9))
    assert origin_of([claims[0], printed("c", "post.test", 1, later)]) == "a"
