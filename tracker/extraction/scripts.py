"""The text that only a page's scripts hold: states in JSON, as client-rendered pages ship them.

Looked at only where the page itself shows no text. Every step is bounded and none recurses, for states are large and
as deep as their makers like.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

_MAX_CHARS: Final = 4_000_000
_MAX_NODES: Final = 100_000
_MAX_DEPTH: Final = 60
_MAX_LEAVES: Final = 400
_ATTEMPTS: Final = 4
_WORTH: Final = 250  # characters of text: less is a teaser
_PROSE: Final = 40
_TITLE: Final = 10
_STATE: Final = 200  # characters of script: less holds no article

_ASSIGNED: Final = re.compile(r"(?:(?<![\w.$])([\w.$]+)|(?<![\w.$\"'\]\s]))[\"'\]]*\s*(?:=|\.push\()\s*(?=[{\[])")
_DIGIT: Final = re.compile(r"\d")  # in the name of a variable: made anew at every build or fetch
_FLIGHT: Final = re.compile(r"__next_f\.push\((?=\[)")
_ROW: Final = re.compile(rb"([0-9a-f]+):(?:T([0-9a-f]+),)?")
_REFERENCE: Final = re.compile(r"\$[0-9a-f]{1,4}")
_PLACE: Final = re.compile(r"\$\$[A-Z_0-9]+\$\$|\[\[[A-Z_0-9]+\]\]")  # where an advert will be
_MARKUP: Final = re.compile(r"<(?:p|br|div|h[2-6]|li)\b", re.IGNORECASE)
_TAGGED: Final = re.compile(r"</?[a-zA-Z]+[\s>/]|&#?\w+;")
_BREAK: Final = re.compile(r"(?<!\s)\s*\n\s*\n\s*")
_BLANK_OR_WIDE: Final = re.compile(r"\S\s+\S+\s+\S|[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]")
_NOT_TEXT: Final = re.compile(
    r"image|photo|picture|video|audio|embed|gallery|related|promo|teaser|newsletter|advert|(?<![a-z])ad(?![a-z])|link|"
    r"caption|comment|author|script|iframe|table_of",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(r"head|title|^h[1-6]$|crosshead", re.IGNORECASE)
_QUOTE: Final = re.compile(r"quote", re.IGNORECASE)
_TYPES: Final = ("type", "nodeType", "_type", "__typename", "kind", "tagName", "style", "name")
_WORDS: Final = (
    "text",
    "html",
    "content",
    "value",
    "body",
    "paragraph",
    "children",
    "model",
    "blocks",
    "data",
    "spans",
)
_ADDRESS: Final = frozenset({"url", "href", "link", "slug", "canonicalUrl", "permalink"})
_NAMED: Final = frozenset({"title", "headline", "name"})
_DECODER: Final = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Text in a script: *markup* to be read like a page, which script held it, and whether the headline is near it."""

    markup: str
    source: str
    size: int
    titled: bool


def find(tree: LexborHTMLParser, titles: Iterable[str]) -> Found | None:
    """Return the longest run of paragraphs in the scripts of *tree*; one beside one of *titles* before any other."""
    known = {title.casefold() for title in titles if len(title) >= _TITLE}
    best: Found | None = None
    for source, value, texts in _states(tree):
        for found in _candidates(value, texts, known, source):
            if best is None or (found.titled, found.size) > (best.titled, best.size):
                best = found
    return best if best is not None and best.size >= _WORTH else None


# --- which states there are


def _states(tree: LexborHTMLParser) -> Iterator[tuple[str, object, dict[str, str]]]:
    """Give the name, the value and the referenced texts of every state, until the scripts get too long."""
    flight: list[str] = []
    spent = 0
    for node in tree.css("script"):
        text = node.text()
        spent += len(text)
        if spent > _MAX_CHARS:
            break
        if _FLIGHT.search(text):
            flight += _chunks(text)
        elif len(text) >= _STATE:
            for source, value in _written(node, text):
                yield source, value, {}
    if flight:
        rows, texts = _rows("".join(flight).encode("utf-8", "surrogatepass"))
        yield "__next_f", [rows, list(texts.values())], texts


def _written(node: LexborNode, text: str) -> Iterator[tuple[str, object]]:
    kind = (node.attributes.get("type") or "").lower()
    if "ld+json" in kind:
        return
    if kind.endswith("json"):
        value = _decode(text.strip(), 0)
        if value is not None:
            yield node.attributes.get("id") or kind, value
        return
    for number, found in enumerate(_ASSIGNED.finditer(text)):
        if number >= _ATTEMPTS:
            return
        value = _decode(text, found.end())
        if value:
            yield (found[1] if found[1] and not _DIGIT.search(found[1]) else "script"), value
            return


def _decode(text: str, at: int) -> object:
    try:
        return _DECODER.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None


def _chunks(text: str) -> list[str]:
    found = (_decode(text, each.end()) for each in _FLIGHT.finditer(text))
    return [each[1] for each in found if isinstance(each, list) and len(each) > 1 and isinstance(each[1], str)]


def _rows(stream: bytes) -> tuple[list[object], dict[str, str]]:
    """Take a flight stream apart: rows of JSON by line, texts by their length in bytes."""
    rows: list[object] = []
    texts: dict[str, str] = {}
    at = 0
    while at < len(stream) and len(rows) < _MAX_NODES:
        row = _ROW.match(stream, at)
        if row is not None and row[2]:
            end = row.end() + int(row[2], 16)
            texts["$" + row[1].decode()] = stream[row.end() : end].decode("utf-8", "replace")
            at = end
            continue
        end = stream.find(b"\n", at)
        end = len(stream) if end < 0 else end
        if row is not None and stream[row.end() : row.end() + 1] in {b"[", b"{"}:
            rows.append(_decode(stream[row.end() : end].decode("utf-8", "replace"), 0))
        at = end + 1
    return rows, texts


# --- what in a state is text


def _candidates(state: object, texts: dict[str, str], titles: set[str], source: str) -> Iterator[Found]:
    waiting: list[tuple[object, int, bool]] = [(state, 0, False)]
    seen = 0
    while waiting and seen < _MAX_NODES:
        value, depth, titled = waiting.pop()
        seen += 1
        if isinstance(value, str):
            markup = _body(texts.get(value, value) if _REFERENCE.fullmatch(value) else value)
            if markup:
                yield Found(markup, source, len(plain(markup)), titled)
            continue
        if isinstance(value, list):
            markup, size = _paragraphs(value)
            if size:
                yield Found(markup, source, size, titled)
            inner: Iterable[object] = value
        elif isinstance(value, dict):
            titled = titled or any(isinstance(each, str) and each.casefold() in titles for each in value.values())
            inner = value.values()
        else:
            continue
        if depth < _MAX_DEPTH:
            waiting.extend((each, depth + 1, titled) for each in inner if isinstance(each, str | list | dict))


def _body(text: str) -> str:
    """Return the markup of a string that holds several paragraphs, else nothing."""
    if len(text) < _WORTH:
        return ""
    if len(_MARKUP.findall(text)) > 1:
        return _PLACE.sub("", text)
    parts = _BREAK.split(text.strip())
    return "".join(f"<p>{html.escape(part)}</p>" for part in parts) if len(parts) > 1 and _is_prose(text) else ""


def _paragraphs(items: list[Any]) -> tuple[str, int]:
    """Return the markup of a list whose items are paragraphs, and how much text it holds; nothing of any other list."""
    if len(items) < 2 or items[0] == "$":
        return "", 0
    written: list[str] = []
    size = prose = others = 0
    for item in items[:_MAX_NODES]:
        tag, text = _paragraph(item)
        if not text:
            others += isinstance(item, str)
            continue
        written.append(f"<{tag}>{text}</{tag}>")
        if _is_prose(text):
            size += len(text)
            prose += 1
        elif tag == "p":
            others += 1
    return ("".join(written), size) if prose >= 2 and prose > others else ("", 0)


def _paragraph(item: object) -> tuple[str, str]:
    """Return the tag and the inner markup of one item; empty where it is no text."""
    kind = ""
    if isinstance(item, list) and len(item) == 4 and item[0] == "$":  # an element of React
        kind, item = str(item[1]), item[3]
    if isinstance(item, str):
        return "p", _inline(item)
    if not isinstance(item, dict) or (_ADDRESS & item.keys() and _NAMED & item.keys()):
        return "p", ""
    kind = kind or next((value for key in _TYPES if isinstance(value := item.get(key), str)), "")
    if _NOT_TEXT.search(kind):
        return "p", ""
    tag = "h2" if _HEADING.search(kind) else "blockquote" if _QUOTE.search(kind) else "p"
    return tag, _inline("".join(_leaves(item)))


def _inline(text: str) -> str:
    """Return a string as markup; one that is markup already stays as it is, an address is no text."""
    text = text.strip()
    if text.startswith(("http://", "https://", "/", "$", "{")):
        return ""
    return text if _TAGGED.search(text) else html.escape(text)


def _leaves(item: object) -> list[str]:
    """Return the strings that make up a paragraph of a rich text, in order."""
    found: list[str] = []
    waiting: list[tuple[object, int]] = [(item, 0)]
    while waiting and len(found) < _MAX_LEAVES:
        value, depth = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif depth > 8:
            continue
        elif isinstance(value, dict):
            inner = next((value[key] for key in _WORDS if isinstance(value.get(key), str | list | dict)), None)
            waiting.append((inner, depth + 1))
        elif isinstance(value, list):
            inner = value[3] if len(value) == 4 and value[0] == "$" else None
            waiting.extend((each, depth + 1) for each in ([inner] if inner is not None else reversed(value)))
    return found


def _is_prose(text: str) -> bool:
    return len(text) >= _PROSE and _BLANK_OR_WIDE.search(text) is not None and "{" not in text[:2]
