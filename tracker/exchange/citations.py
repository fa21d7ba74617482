"""Read quotations from CSV, Web Annotations and your own articles; write citations as CSV and Web Annotations.

Annotations follow the W3C Web Annotation Data Model, https://www.w3.org/TR/annotation-model/.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from pathlib import PurePath
from typing import Any, Final

from tracker.errors import PageError, UsageError
from tracker.extraction.extractor import read_article
from tracker.extraction.text import decode
from tracker.model.article import Block, BlockKind, count_words
from tracker.model.citation import CitationState, FollowedCitation
from tracker.render.json import dumps
from tracker.render.times import full

from .tables import guarded, unguarded

MAX_FILE_BYTES: Final = 10_000_000
MAX_QUOTATIONS: Final = 1_000
MIN_WORDS: Final = 3
COLUMNS: Final = ("id", "quotation", "url", "article", "version", "state", "since", "now", "notice", "note")
_IN_MARKS: Final = re.compile(
    r"[“”„]([^“”„]+)[“”]|[«»]([^«»]+)[«»]|「([^「」]+)」|(?<!\w)\"(?=\S)([^\"]+)(?<=\S)\"(?!\w)"
)
# The next sentence does not begin with a small letter, and a source in parentheses belongs to the sentence before.
_SENTENCE_END: Final = re.compile(r"[.!?…][\"”“»«’)\]]*\s+(?![(\[a-zß-ÿа-я])|[。！？]")
_ATTRIBUTION: Final = ("—", "–", "―", "- ")
# The extractor does not accept a text of a few words as an article.
_FILLER: Final = f"<article><p>{'These words make an article long enough. ' * 20}</p>"
_CONTAINER: Final = re.compile(r"(?i)</?(?:html|body|main|article)\b[^>]*>")
# An address in a text may have pairs of parentheses, and ends before the punctuation that follows it.
_URL: Final = r"https?://(?:[^\s<>\"“”«»()\[\]]|\([^\s()]*\))*(?:[^\s<>\"“”«»()\[\].,;:!?*]|\([^\s()]*\))"
_LINK: Final = re.compile(rf"!?\[([^\[\]]*)\](?:\(<?({_URL})[^()]*\)|\[([^\[\]]+)\])?|<?({_URL})>?")
_DEFINITION: Final = re.compile(rf"(?m)^ {{0,3}}\[([^\[\]\n]+)\]:[^\n]*?({_URL})[^\n]*$")
# A list item, and the name below a block quote, are paragraphs of their own.
_BREAK: Final = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s|\s*>\s*[—–―])")
_FRONT_MATTER: Final = re.compile(r"(?s)\A---\n.*?\n---\n")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation, and the address that it is said to be from."""

    quotation: str
    url: str
    note: str = ""


def read_quotations(body: bytes, name: str) -> list[Quoted]:
    """Return the quotations in a file, each once. The extension of `name` gives its kind, or else its content.

    In an article a quotation belongs to the nearest link of its paragraph, those of its sentence first; a block quote
    without a link belongs to the last link before it. Quotations without a link are left out. Raises UsageError if the
    file cannot be read or has no quotation.
    """
    if len(body) > MAX_FILE_BYTES:
        raise UsageError("the file is larger than 10 MB", resource=name, hint="split it into several files")
    kind = _KINDS.get(PurePath(name).suffix.lower(), "")
    try:
        text = decode(body).decode()
        kind = kind or _kind_of(text)
        found = list(dict.fromkeys(islice(_READERS[kind](text), MAX_QUOTATIONS + 1)))
    except (PageError, csv.Error, ValueError, RecursionError) as error:
        raise UsageError(f"not valid {kind or 'text'}", resource=name, hint=_HINTS.get(kind, "")) from error
    if len(found) > MAX_QUOTATIONS:
        raise UsageError(f"more than {MAX_QUOTATIONS:,} quotations", resource=name, hint="split it into several files")
    if not found:
        raise UsageError("no quotation with a link was found", resource=name, hint=_HINTS[kind])
    return found


def _kind_of(text: str) -> str:
    start = text.lstrip("\ufeff \r\n")
    if start[:1] in {"{", "["}:
        return "JSON"
    columns = {each.strip('" \r').lower() for each in re.split("[,;\t]", start.partition("\n")[0])}
    return "CSV" if {"quotation", "url"} <= columns else "HTML" if start.startswith("<") else "Markdown"


def _of_csv(text: str) -> Iterator[Quoted]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"quotation", "url"}.issubset(rows.fieldnames):
        raise ValueError("its first row does not name the columns quotation and url")
    for row in rows:
        quotation, url, note = (unguarded(row.get(column) or "") for column in ("quotation", "url", "note"))
        if bool(quotation) != bool(url):
            raise ValueError(f"line {rows.line_num} has no {'url' if quotation else 'quotation'}")
        if quotation:
            yield Quoted(quotation, url, note)


def _of_annotations(value: object) -> Iterator[Quoted]:
    for each in _objects(value):
        for key in ("first", "items", "rows"):  # `rows` are those of the API of Hypothesis
            yield from _of_annotations(each.get(key))
        bodies = [body for body in _objects(each.get("body")) if body.get("purpose") not in ("classifying", "tagging")]
        notes = [each.get("text"), each.get("bodyValue"), *(body.get("value") for body in bodies)]
        note = "\n\n".join(text for text in notes if text and isinstance(text, str))
        for target in _objects(each.get("target")):
            source = target.get("source") or each.get("uri")
            url = source.get("id") if isinstance(source, dict) else source
            exact = next(_exact(target.get("selector")), "")
            if exact and isinstance(url, str) and url.startswith(("http://", "https://")):
                yield Quoted(exact, url, note)


def _exact(selector: object) -> Iterator[str]:
    for each in _objects(selector):
        yield from _exact(each.get("refinedBy"))
        if isinstance(text := each.get("exact"), str) and text.strip():
            yield text


def _objects(value: object) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


def _of_html(text: str) -> Iterator[Quoted]:
    before = ""
    longer = f"{_FILLER}{_CONTAINER.sub('', text)}"
    for block in read_article(text.encode()).editorial or read_article(longer.encode()).editorial:
        links = [(start, end, link.href) for (start, end), link in zip(_spans(block), block.links, strict=True)]
        found = [(*match.span(), match[match.lastindex or 0]) for match in _IN_MARKS.finditer(block.text)]
        if block.kind is BlockKind.QUOTE:
            found = [] if block.text.startswith(_ATTRIBUTION) else [(0, len(block.text), block.text)]
        for start, end, quotation in found:
            around = [link for link in links if link[0] < start][-1:] + [link for link in links if link[0] >= start][:1]
            by_distance = sorted((*_distance(block.text, start, end, link), link[2]) for link in around)
            url = by_distance[0][-1] if by_distance else before if block.kind is BlockKind.QUOTE else ""
            if url and count_words(quotation) >= MIN_WORDS:
                yield Quoted(quotation.strip(), url)
        before = links[-1][2] if links else before


def _spans(block: Block) -> Iterator[tuple[int, int]]:
    """Yield where the links of a block begin and end."""
    end = 0
    for link in block.links:
        start = max(block.text.find(link.text, end), 0)
        end = start + len(link.text)
        yield start, end


def _distance(text: str, start: int, end: int, link: tuple[int, int, str]) -> tuple[bool, int, bool]:
    """Return a key by which the nearest link to a quotation sorts first.

    It is whether a sentence ends between the two, the characters between them, and whether the link comes first.
    """
    first, last = (end - 2, link[0] + 1) if link[0] >= end else (link[1] - 1, start + 1)
    return bool(_SENTENCE_END.search(text, max(first, 0), last)), max(link[0] - end, start - link[1]), link[0] < start


def _of_markdown(text: str) -> Iterator[Quoted]:
    """Return the quotations of Markdown or plain text, by turning its paragraphs, block quotes and links into HTML."""
    text = _FRONT_MATTER.sub("", text.replace("\r\n", "\n"))
    defined = {name.lower(): url for name, url in _DEFINITION.findall(text)}

    def anchor(found: re.Match[str]) -> str:
        words, address, reference, bare = found.groups()
        url = address or bare or defined.get((reference or words).lower())
        is_image = found[0].startswith("!")
        return "" if is_image else f'<a href="{escape(url)}">{words or bare}</a>' if url else found[0]

    parts = []
    for paragraph in _BREAK.split(_LINK.sub(anchor, _DEFINITION.sub("", text))):
        is_quote = paragraph.lstrip().startswith(">")
        inner = re.sub(r"(?m)^\s*(?:>\s?)+", "", paragraph) if is_quote else paragraph
        parts.append(f"<blockquote><p>{inner}</p></blockquote>" if is_quote else f"<p>{inner}</p>")
    return _of_html(f"<article>{''.join(parts)}</article>")


_READERS: Final[dict[str, Callable[[str], Iterator[Quoted]]]] = {
    "CSV": _of_csv,
    "JSON": lambda text: _of_annotations(json.loads(text.lstrip("\ufeff"))),
    "HTML": _of_html,
    "Markdown": _of_markdown,
}
_KINDS: Final = {".csv": "CSV", ".json": "JSON", ".jsonld": "JSON", ".html": "HTML", ".htm": "HTML"} | dict.fromkeys(
    (".md", ".markdown", ".txt"), "Markdown"
)
_BESIDE: Final = "link to the source in the paragraph of each quotation"
_HINTS: Final = {
    "CSV": "name the columns in the first row, quotation,url,note, and fill in the first two in each row",
    "JSON": "each annotation needs a TextQuoteSelector and the address of a web page",
    "HTML": _BESIDE,
    "Markdown": _BESIDE,
}


def write_csv(followed: Iterable[FollowedCitation]) -> str:
    """Return citations as CSV, with a byte order mark as in `tables`; a cell cannot be taken for a formula."""
    out = io.StringIO("\ufeff", newline="")
    out.seek(1)
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for each in followed:
        own, now = each.citation, each.passage
        texts = (own.quotation, own.url, own.article, str(own.version), now.state or "", full(each.since))
        rows.writerow([own.key, *map(guarded, (*texts, now.text, now.notice, own.note))])
    return out.getvalue()


def write_annotations(followed: Sequence[FollowedCitation], base: str) -> str:
    """Return citations as a collection of Web Annotations on one page; `base` is the address of this site, or empty."""
    page = {"type": "AnnotationPage", "startIndex": 0, "items": [_annotation(each, base) for each in followed]}
    collection = {"@context": "http://www.w3.org/ns/anno.jsonld"} | ({"id": f"{base}/citations"} if base else {})
    return dumps(collection | {"type": "AnnotationCollection", "total": len(followed), "first": page})


def _annotation(followed: FollowedCitation, base: str) -> dict[str, Any]:
    own, state, since = followed.citation, followed.passage.state, followed.passage.version
    bodies = [
        {"type": "TextualBody", "purpose": purpose, "value": value}
        for purpose, value in (("commenting", own.note), ("classifying", state))
        if value
    ]
    selector = {"type": "TextQuoteSelector", "exact": own.passage or own.quotation}
    at = {"type": "TimeState"} | ({"cached": f"{base}/articles/{own.article}/{own.version}"} if base else {})
    # Only the time of the last change is known here; without a change it is the time of the cited version.
    if since == own.version and state is not CitationState.GONE:
        at["sourceDate"] = full(followed.since)
    target = {"source": own.url, "selector": selector, "state": at}
    return {"type": "Annotation", "created": full(own.added), "body": bodies, "target": target}
