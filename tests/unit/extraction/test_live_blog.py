import pytest

from tracker.diff.comparison import compare
from tracker.extraction.extractor import read
from tracker.model.article import PageKind
from tracker.model.change import Op

from .pages import PARAGRAPHS

SAYS_SO = (
    '<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Ferry terminal vote: live"}</script>'
)
NEWEST = (
    "16:20",
    "Vote is over",
    "The council has voted, by nine to four, to close the terminal for good, the clerk has just announced.",
    "It is the end of 94 years of ferries from this pier, and there were tears in the gallery.",
)
ENTRIES = (
    ("15:40", "Islanders gather", PARAGRAPHS[3]),
    ("15:10", "The mayor speaks", PARAGRAPHS[2], PARAGRAPHS[1]),
    ("14:30", "The session begins", PARAGRAPHS[0]),
    ("14:05", "What is at stake", PARAGRAPHS[4], PARAGRAPHS[5]),
)
STYLES = {
    "named": '<div class="live-blog-entry"><time>{time}</time><h3>{head}</h3>{text}</div>',
    "article": "<article><header><time>{time} BST</time><h2>{head}</h2><span class=author>Ada Moor</span></header>"
    "<div>{text}</div></article>",
    "list": '<li><p class="timestamp">{time}</p><h2>{head}</h2>{text}</li>',
    "bold": "<p><strong>{time} Uhr: {head}</strong></p>{text}",
}


def page(*entries: tuple[str, ...], style: str, updated: str = "15:41") -> bytes:
    body = "".join(
        STYLES[style].format(time=time, head=head, text="".join(f"<p>{text}</p>" for text in texts))
        for time, head, *texts in entries
    )
    return (
        f"<html><head><title>Ferry terminal vote: live</title>{SAYS_SO}</head><body><main>"
        f"<h1>Ferry terminal vote: live</h1><p class=clock>Updated {updated}</p><time>{updated}</time>"
        "<p class=standfirst>All the news about the vote on the ferry terminal, as it comes in.</p>"
        f"<div>{body}</div></main></body></html>"
    ).encode()


@pytest.mark.parametrize("style", STYLES)
def test_a_new_entry_is_inserts_of_its_time_its_heading_and_its_text(style):
    before = read(page(*ENTRIES, style=style))
    after = read(page(NEWEST, *ENTRIES, style=style, updated="16:21"))
    assert before.page is after.page is PageKind.LIVE_BLOG
    change = compare(before.article, after.article)
    changed = [block for block in change.blocks if block.op is not Op.SAME]
    assert {block.op for block in changed} == {Op.INSERT}
    told = " ".join(block.new_text for block in changed)
    assert all(part in told for part in NEWEST)
    assert not change.title.changed
    assert not change.dek.changed


def test_clocks_that_move_head_no_entry():
    ago = [(f"{n} minutes ago", head, *texts) for n, (_, head, *texts) in enumerate(ENTRIES, 3)]
    found = read(page(*ago, style="article")).article
    assert "heading of an entry" in {block.reason for block in found.blocks}
    assert "minutes ago" not in found.text


def test_other_pages_have_no_entries():
    plain = page(*ENTRIES, style="article").replace(SAYS_SO.encode(), b"")
    assert "time of an entry" not in {block.reason for block in read(plain).article.blocks}
