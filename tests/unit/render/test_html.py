from html.parser import HTMLParser

from tracker.model.article import Article
from tracker.model.change import BlockChange, Change, Op
from tracker.render import html
from tracker.render.rows import DiffOptions

from .samples import CHANGE, content


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> set[str]:
    balance = Balance()
    balance.feed(text)
    assert balance.open == []
    return balance.tags


def test_fragment_is_balanced_and_loads_nothing():
    shown = html.diff(CHANGE)
    assert parsed(shown) <= {"div", "p", "del", "ins", "strong", "em"}
    assert "src=" not in shown
    assert "href=" not in shown
    assert '">three</del> <ins' in shown
    assert "<strong>Correction</strong>" in shown


def test_page_text_is_escaped():
    block = BlockChange(Op.INSERT, None, 0, (("+", '<script>alert("x")</script>\u202e'),))
    shown = html.diff(Change(blocks=(block,)), DiffOptions())
    assert "<script" not in shown
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in shown
    assert "\u202e" not in shown


def test_move_carries_its_note():
    assert "(moved from ¶7 to ¶5)" in html.diff(CHANGE)


def test_article_and_page():
    shown = html.page("A < B", html.article(content("One.", title="A < B")))
    assert {"html", "h1", "p"} <= parsed(shown)
    assert "<title>A &lt; B</title>" in shown
    assert html.article(Article()) == ""
