"""Extractors as judges call them: a page and its address in, a dictionary out.

`ours` and `ours_dek` (the standfirst before the text) are for judges that take ``module:function``.
"""

from __future__ import annotations

import gzip
import importlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tracker.extraction.extractor import read
from tracker.model.article import Article, BlockKind

if TYPE_CHECKING:
    from pathlib import Path

Result = dict[str, Any]
Extractor = Callable[[str, str | None, bool], Result]


def body(article: Article) -> str:
    """Return the news text with its notices in place, one block a line."""
    return "\n".join(b.text for b in article.blocks if b.editorial or b.kind is BlockKind.NOTICE)


def _ours(html: str, url: str | None, dek: bool) -> Result:  # noqa: FBT001 - one signature for all extractors
    article = read(html.encode("utf-8", "surrogatepass"), url).article
    text = body(article)
    return {
        "body": "\n".join(filter(None, (article.dek, text))) if dek else text,
        "title": article.title,
        "authors": list(article.byline),
        "date": article.published.isoformat() if article.published else "",
    }


def ours(html: str, url: str | None = None) -> Result:
    return _ours(html, url, False)


def ours_dek(html: str, url: str | None = None) -> Result:
    return _ours(html, url, True)


def _trafilatura(**options: Any) -> Callable[[], Extractor]:
    def make() -> Extractor:
        extract = importlib.import_module("trafilatura").extract
        return lambda html, url, _: {"body": extract(html, url=url, include_comments=False, **options) or ""}

    return make


def _trafilatura_metadata() -> Extractor:
    extract = importlib.import_module("trafilatura.metadata").extract_metadata

    def metadata(html: str, url: str | None, _: bool) -> Result:  # noqa: FBT001 - one signature for all extractors
        page = extract(html, default_url=url)
        return {"title": page.title, "authors": (page.author or "").split("; "), "date": page.date or ""}

    return metadata


def _newspaper() -> Extractor:
    article = importlib.import_module("newspaper").Article

    def extract(html: str, url: str | None, _: bool) -> Result:  # noqa: FBT001 - one signature for all extractors
        page = article(url or "https://example.org/a", fetch_images=False)  # it would ask the real sites
        page.download(input_html=html)
        page.parse()
        when = page.publish_date
        return {"body": page.text, "title": page.title, "authors": page.authors, "date": str(when) if when else ""}

    return extract


def _readability() -> Extractor:
    document = importlib.import_module("readability").Document
    lxml_html = importlib.import_module("lxml.html")

    def extract(html: str, _url: str | None, _: bool) -> Result:  # noqa: FBT001 - one signature for all extractors
        page = document(html)
        tree = lxml_html.fromstring(page.summary())
        blocks = [" ".join(node.text_content().split()) for node in tree.iter("p", "li", "h2", "h3", "h4", "pre")]
        return {"body": "\n".join(filter(None, blocks)) or tree.text_content(), "title": page.short_title()}

    return extract


def _resiliparse() -> Extractor:
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda html, _url, _: {"body": extract(html, main_content=True, alt_texts=False, links=False)}


def _goose() -> Extractor:
    goose = importlib.import_module("goose3").Goose({"enable_image_fetching": False})

    def extract(html: str, _url: str | None, _: bool) -> Result:  # noqa: FBT001 - one signature for all extractors
        page = goose.extract(raw_html=html)
        return {
            "body": page.cleaned_text,
            "title": page.title,
            "authors": page.authors,
            "date": page.publish_date or "",
        }

    return extract


METADATA = "trafilatura metadata"
"""Reads no text: it is listed next to the three that read nothing else."""
MAKERS: dict[str, Callable[[], Extractor]] = {
    "writethru": lambda: _ours,
    "trafilatura": _trafilatura(),
    METADATA: _trafilatura_metadata,
    "trafilatura fast": _trafilatura(fast=True),
    "trafilatura precision": _trafilatura(favor_precision=True),
    "newspaper4k": _newspaper,
    "readability-lxml": _readability,
    "resiliparse": _resiliparse,
    "goose3": _goose,
}


def available(only: set[str]) -> tuple[dict[str, Extractor], dict[str, str]]:
    """Return the extractors that can be used, and why the others cannot."""
    found: dict[str, Extractor] = {}
    missing: dict[str, str] = {}
    for name, make in MAKERS.items():
        if only and name not in only:
            continue
        try:
            found[name] = make()
        except Exception as error:
            missing[name] = f"{type(error).__name__}: {error}"[:200]
    return found, missing


def attempt(extractor: Extractor, html: str, url: str | None, dek: bool) -> tuple[Result, str]:  # noqa: FBT001
    """Return what an extractor makes of a page, and the error where it failed; peers fail in every way."""
    try:
        return extractor(html, url, dek), ""
    except Exception as error:
        return {}, f"{type(error).__name__}: {error}"[:200]


def rows(folder: Path) -> Iterator[Result]:
    """Yield the truth of every page of a set."""
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def page(folder: Path, ident: str) -> str:
    """Return a page of a set."""
    with gzip.open(folder / "pages" / f"{ident}.html.gz", "rt", encoding="utf-8", newline="") as file:
        return file.read()
