"""Pages for the extractor's tests: made up, in the shapes that real ones have."""

import json

from tracker.extraction.extractor import read
from tracker.model.article import BlockKind

PARAGRAPHS = (
    (
        "HARBOURTON (Wire) — The city council voted on Tuesday to close the old ferry terminal "
        "after a survey found cracks in its main pier, ending a service that had run for 94 years."
    ),
    (
        "The vote was nine to four, with members from the eastern wards saying that the decision "
        "had been rushed through before an independent engineer could look at the structure."
    ),
    (
        "“Nobody wants to see people stranded on the island,” said Mayor Edith Calloway, who "
        "abstained. “But nobody wants to see a pier in the water either.”"
    ),
    (
        "Passenger numbers fell by 38 percent in the past decade, according to figures that the "
        "port authority published last month, while repairs cost the city 2.4 million dollars a "
        "year."
    ),
    (
        "A replacement bus will leave from Granary Square every 20 minutes, and islanders will keep"
        " their discount cards until the end of next year, the transport office said."
    ),
    (
        "The terminal’s clock tower, which is listed, will be moved to the maritime museum. Its "
        "bells are to be restored by the same foundry that cast them."
    ),
)
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def article(
    *extra: str,
    head: str = "",
    before: str = "",
    after: str = "",
    title: str = "Council closes ferry terminal",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    at: int | None = None,
) -> bytes:
    """Return a page with the paragraphs; *extra* is in the article at paragraph *at* (None: its end)."""
    body = [f"<p>{text}</p>" for text in paragraphs]
    place = len(body) if at is None else at
    body[place:place] = extra
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | Harbourton Herald</title>'
        f'<meta property="og:site_name" content="Harbourton Herald">{head}</head><body>'
        '<nav><a href="/">Home</a><a href="/news">News</a></nav>'
        f"<article><h1>{title}</h1>{before}<div>{''.join(body)}</div>{after}</article>"
        "<footer><p>Harbourton Herald, 1 Quay Street. All rights reserved.</p></footer></body></html>"
    ).encode()


def plain_page(*parts: str, heading: str = "Council closes ferry terminal") -> bytes:
    """Return a page that is a headline and *parts*, without menus, names or metadata."""
    return f"<html><body><main><h1>{heading}</h1>{''.join(parts)}</main></body></html>".encode()


def ld(**values: object) -> str:
    """Return JSON-LD about the article for the head of a page."""
    data = {"@type": "NewsArticle", "headline": "Council closes ferry terminal"} | values
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def news(page: bytes) -> list[str]:
    """Return the blocks of *page* that are its news."""
    return [block.text for block in read(page).article.editorial]


def kinds(page: bytes) -> dict[str, BlockKind]:
    """Return the class of every block of *page* by its text."""
    return {block.text: block.kind for block in read(page).article.blocks}
